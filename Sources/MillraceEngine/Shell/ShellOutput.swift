public import MillraceGraph

/// The files that a ``Shell(_:inputs:outputs:)`` step declared and made.
public struct ShellOutput: Codable, Hashable, Sendable {
  /// The files' bytes by their declared names: each declared name, and no other.
  public var files: [String: [UInt8]]

  public init(files: [String: [UInt8]]) { self.files = files }

  /// A file's bytes; nil if the step does not declare it.
  public subscript(name: String) -> [UInt8]? { files[name] }

  /// A file as text.
  ///
  /// - Throws: ``PipelineError`` with code `misuse` if the step does not declare the file, or its bytes
  ///   are not UTF-8.
  public func text(of name: String) throws -> String {
    guard let text = String(validating: try bytes(of: name), as: UTF8.self) else {
      throw PipelineError(
        .misuse, "Output '\(name)' of a shell step is not UTF-8 text; read its bytes with 'file'.")
    }
    return text
  }

  fileprivate func bytes(of name: String) throws -> [UInt8] {
    if let bytes = files[name] { return bytes }
    let names = files.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    throw PipelineError(
      .misuse,
      "A shell step has no output '\(name)', only \(names.isEmpty ? "none" : names); declare it in 'outputs:'."
    )
  }
}

extension Node<ShellOutput> {
  /// One file's bytes. What consumes them is keyed by these bytes alone.
  public func file(_ name: String) -> Node<[UInt8]> {
    reading("file", name) { try $0.bytes(of: name) }
  }

  /// One file as text. What consumes it is keyed by this text alone.
  public func text(of name: String) -> Node<String> {
    reading("text", name) { try $0.text(of: name) }
  }

  private func reading<Part: Codable & Sendable>(
    _ what: String, _ name: String, _ read: @escaping @Sendable (ShellOutput) throws -> Part
  ) -> Node<Part> {
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "shell.\(what)", parameterTypes: [name]),
      attributes: TaskAttributes(cache: .off),
      parameters: [.init(name: "output", type: .uncoded(ShellOutput.self))],
      output: .coded(Part.self), kind: .projection,
      body: .sync { inputs, cell in
        Cell.initialize(cell, to: try read(inputs[0, as: ShellOutput.self]))
      })
    return definition.__call { $0.bind(self) }
  }
}
