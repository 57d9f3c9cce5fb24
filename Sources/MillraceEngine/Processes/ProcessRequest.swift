import MillraceGraph

/// What is to be run.
struct ProcessRequest: Sendable {
  var program: String
  var arguments: [String]
  /// Nil is an empty standard input.
  var input: [UInt8]?
  /// Variables that are set beside the process's own, or instead of those of the same name.
  var environment: [String: String]
  /// Nil is the working folder.
  var directory: String?
  var output: ProcessOutput.Handling
  var accepted: Set<Int32>
  var gracePeriod: Duration
  /// What messages call the program; nil for its own name.
  var label: String?

  var name: String { label ?? program }

  /// - Throws: ``PipelineError`` with code `misuse` for texts that no system call can take.
  func check() throws {
    let texts =
      [program] + arguments + environment.flatMap { [$0.key, $0.value] } + [directory ?? "."]
    guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw PipelineError(
        .misuse,
        "An argument, variable or folder of '\(name)' has a zero byte in it; pass such bytes as 'input:'."
      )
    }
    guard environment.keys.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "=")) })
    else {
      throw PipelineError(
        .misuse, "A variable of '\(name)' has an empty name or a '=' in it; give it another name.")
    }
  }
}
