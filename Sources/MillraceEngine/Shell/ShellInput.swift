import MillraceCoding
public import MillraceGraph

/// A value that is a file for a ``Shell(_:inputs:outputs:)`` step: a text, bytes, or an ``InputFile``.
public protocol ShellFile: Codable, Sendable {
  /// The file's bytes, read when the step runs.
  func shellBytes() throws -> [UInt8]
}

extension String: ShellFile {
  public func shellBytes() -> [UInt8] { Array(utf8) }
}

extension Array: ShellFile where Element == UInt8 {
  public func shellBytes() -> [UInt8] { self }
}

extension InputFile: ShellFile {
  public func shellBytes() throws -> [UInt8] { try bytes() }
}

/// What can be given to a ``Shell(_:inputs:outputs:)`` step as a file: a ``ShellFile``, or a node of one.
public protocol ShellInput: Sendable {
  var __shellInput: __ShellInputForm { get }
}

/// An input of a shell step: how it is bound, and how it is read when the step runs.
public struct __ShellInputForm: Sendable {
  let type: ValueType
  let bind: @Sendable (inout TaskCall, _ index: Int) -> Void
  let read: @Sendable (TaskInputs, _ index: Int) throws -> [UInt8]

  init<Value: ShellFile>(_ node: Node<Value>) {
    type = .coded(Value.self)
    bind = { call, _ in call.bind(node) }
    read = { try $0[$1, as: Value.self].shellBytes() }
  }

  public init<Value: ShellFile>(constant value: Value) {
    type = .coded(Value.self)
    bind = { call, index in
      if index < NodeRecord.maximumConstants {
        call.bind(constant: value)
      } else {
        call.bind(Node(constant: value))
      }
    }
    read = { try $0[$1, as: Value.self].shellBytes() }
  }
}

extension Node: ShellInput where Value: ShellFile {
  public var __shellInput: __ShellInputForm { __ShellInputForm(self) }
}

extension String: ShellInput {
  public var __shellInput: __ShellInputForm { __ShellInputForm(constant: self) }
}

extension Array: ShellInput where Element == UInt8 {
  public var __shellInput: __ShellInputForm { __ShellInputForm(constant: self) }
}

extension InputFile: ShellInput {
  public var __shellInput: __ShellInputForm { __ShellInputForm(constant: KeyedContent(file: self)) }
}

/// An input file that is keyed by its content alone, since a shell step sees it under a name of its own.
private struct KeyedContent: ShellFile {
  let file: InputFile

  func shellBytes() throws -> [UInt8] { try file.bytes() }

  init(file: InputFile) { self.file = file }

  // Constants are encoded for keys and never read back; the path is what a value has outside of a run.
  init(from decoder: any Decoder) throws { file = try InputFile(from: decoder) }

  func encode(to encoder: any Encoder) throws {
    guard let digests = FileDigests.current else { return try file.encode(to: encoder) }
    var container = encoder.singleValueContainer()
    try container.encode(digests.digest(ofFile: file.path))
  }
}
