public import MillraceGraph
import MillraceStore

/// Runs a shell command as a task, on files that it declares.
///
/// ```swift
/// let sorted = Shell(
///   "sort < names.txt > sorted.txt", inputs: ["names.txt": names], outputs: ["sorted.txt"])
/// $count(sorted.text(of: "sorted.txt"))
/// ```
///
/// The command runs as `/bin/sh -euc`: it ends at the first command that fails (but for those before
/// the last of a pipe) and at an unset variable. It runs in a new scratch folder that holds the inputs
/// and is always removed, with the variables of this process. Its streams go to the task's log. After
/// it has ended well each output must be there as a file; only then is any of them read.
///
/// The step is a stored task. Its key is made of the command, the declared names and the inputs' bytes;
/// which programs the command runs, and what else it reads, is not in it.
///
/// - Parameters:
///   - inputs: What the command finds in the folder, by name: texts, bytes and input files, or nodes of
///     them. Names are relative paths below the folder, and so are those of outputs.
///   - outputs: The files that the command makes. Folders on the way to them are there.
/// - Returns: The outputs' bytes. The node fails with code `misuse` for a name that leaves the folder,
///   and with `taskFailed` if the command fails or an output is missing.
public func Shell(
  _ command: String, inputs: [String: any ShellInput] = [:], outputs: [String]
) -> Node<ShellOutput> {
  let inputs = inputs.sorted { $0.key < $1.key }.map { (name: $0.key, form: $0.value.__shellInput) }
  let outputs = Set(outputs).sorted()
  let step = ShellStep(
    command: command, outputs: outputs, inputs: inputs.map { ($0.name, $0.form.read) })
  let definition = TaskDefinition(
    id: TaskID(fileID: "Millrace", path: "shell"), attributes: TaskAttributes(),
    parameters: [
      .init(name: "command", type: .coded(String.self)),
      .init(name: "outputs", type: .coded([String].self)),
    ] + inputs.map { .init(name: "file:\($0.name)", type: $0.form.type) },
    output: .coded(ShellOutput.self, name: "ShellOutput"), kind: .task,
    body: .sync { values, cell in Cell.initialize(cell, to: try step.run(values)) })
  return definition.__call { call in
    call.bind(constant: command)
    call.bind(constant: outputs)
    for (index, input) in inputs.enumerated() {
      input.form.bind(&call, ShellStep.firstInput + index)
    }
  }
}

/// The body of a shell step.
private struct ShellStep: Sendable {
  typealias Input = (name: String, read: @Sendable (TaskInputs, _ index: Int) throws -> [UInt8])

  /// Inputs come after the command and the outputs' names.
  static let firstInput = 2

  let command: String
  let outputs: [String]
  let inputs: [Input]

  func run(_ values: TaskInputs) throws -> ShellOutput {
    let context = values.context
    try checkNames(of: context.node)
    let scratch = try ScratchFolder()
    defer {
      if !scratch.remove() {
        context.log.warning("The scratch folder '\(scratch.path)' cannot be removed.")
      }
    }
    for (index, input) in inputs.enumerated() {
      let bytes = try input.read(values, Self.firstInput + index)
      try bytes.withUnsafeBytes {
        try FileSystem.replace(scratch.path(of: input.name), with: $0)
      }
    }
    for name in outputs {
      guard let slash = name.lastIndex(of: "/") else { continue }
      try FileSystem.makeFolders(scratch.path(of: String(name[..<slash])))
    }
    _ = try context.run(
      ProcessRequest(
        program: "/bin/sh", arguments: ["-euc", command], environment: [:],
        directory: scratch.path, output: .logged, accepted: [0], gracePeriod: .seconds(5),
        label: command))
    return try collect(from: scratch)
  }

  /// - Throws: ``MissingOutputs`` unless every output is a file.
  private func collect(from scratch: ScratchFolder) throws -> ShellOutput {
    let missing = outputs.filter { (try? FileSystem.kind(of: scratch.path(of: $0))) != .file }
    guard missing.isEmpty else { throw MissingOutputs(command: command, names: missing) }
    var files: [String: [UInt8]] = [:]
    for name in outputs { files[name] = try InputFile(scratch.path(of: name)).bytes() }
    return ShellOutput(files: files)
  }

  private func checkNames(of node: String) throws {
    for name in inputs.map(\.name) + outputs where !Self.staysInside(name) {
      throw PipelineError(
        .misuse,
        "Shell step '\(node)' declares a file '\(name)'; give a relative path without '.' and '..' in it."
      )
    }
  }

  /// Whether a name is that of a file below the folder that it is taken from.
  private static func staysInside(_ name: String) -> Bool {
    name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0)
    }
  }
}

/// A command that ended well without having made what it declares.
private struct MissingOutputs: Error, CustomStringConvertible {
  let command: String
  let names: [String]

  var description: String {
    let files = names.map { "'\($0)'" }.joined(separator: ", ")
    return
      "'\(command)' ended well and made no file \(files); write it there, or take it out of 'outputs:'"
  }
}
