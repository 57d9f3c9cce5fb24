import MillraceCLI

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  import Darwin
#endif

/// A pipeline whose tasks do what a test tells them to, line by line, so that it never has to wait for a
/// time.
@main
struct GatedPipeline: PipelineCommand {
  @Option(help: "Folder with a named pipe for each step.") var gates: String
  @Option(help: "Names of steps, with commas between.") var steps: String
  @Flag(help: "Whether the last step gives elements, each of which has a step.") var grows = false

  var body: Graph {
    let names = steps.split(separator: ",").map(String.init)
    for name in grows ? names.dropLast() : names[...] { $step(name, at: gates).named(name) }
    if grows, let last = names.last {
      ForEach($step(last, at: gates).named(last)) { $element($0, at: gates) }
    }
  }
}

struct Failure: Error, CustomStringConvertible {
  var description: String
}

/// Follows the commands of its gate, and returns the words of the last one.
@Task func step(_ name: String, at gates: String, context: TaskContext) throws -> [String] {
  try follow("\(gates)/\(name)", context)
}

@Task func element(_ name: String, at gates: String, context: TaskContext) throws -> Int {
  try follow("\(gates)/\(name)", context).count
}

private func follow(_ gate: String, _ context: TaskContext) throws -> [String] {
  guard let file = fopen(gate, "r") else { throw Failure(description: "There is no \(gate).") }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 4096)
  while fgets(&buffer, Int32(buffer.count), file) != nil {
    let line = String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    let text = words.dropFirst().joined(separator: " ")
    switch words.first {
    case "print": print(text)
    case "begin":
      print(text, terminator: "")
      fflush(stdout)
    case "complain": fputs(text + "\n", stderr)
    case "system": _ = text.withCString { run($0) }
    case "log": context.log.info(text)
    case "warn": context.log.warning(text)
    case "debug": context.log.debug(text)
    case "fail": throw Failure(description: text)
    case "trap": fatalError(text)
    case "abort": abort()
    case "exit": exit(3)
    default: return Array(words.dropFirst())
    }
  }
  return []
}

/// Runs a command of the shell with this process's own streams.
private func run(_ command: UnsafePointer<CChar>) -> Int32 { system(command) }
