/// Where a task puts what it makes beside what it returns: a model's metrics, a plot.
///
/// ```swift
/// @Task func train(_ rows: [Row], context: TaskContext) throws -> Model {
///   …
///   try context.artifacts.save(metrics, as: "metrics")
///   return model
/// }
/// ```
///
/// In a run it is stored with the node's result and named `<pipeline>/<node>::metrics`, once the attempt has
/// succeeded; nothing is left of one that fails. Where the node is a hit, so are its further outputs: a
/// result of which one is missing is made again. What a node saves that is not stored itself is named all
/// the same, whenever the node runs.
///
/// Outside of a run, as in a test, it stays in memory, where ``read(_:as:)`` finds it. A type task says the
/// same with ``Artifact`` properties.
public struct TaskArtifacts: Sendable {
  private let shelf: any ArtifactShelf
  private let node: Int
  private let attempt: Int

  /// A place in memory.
  public init() { self.init(in: MemoryShelf(), node: 0, attempt: 1) }

  package init(in shelf: any ArtifactShelf, node: Int, attempt: Int) {
    self.shelf = shelf
    self.node = node
    self.attempt = attempt
  }

  /// Adds a value. It is encoded now; text and bytes as they are, other values as canonical CBOR.
  ///
  /// Any thread may call it until the task returns.
  ///
  /// - Parameter name: Not empty, on one line, without `/`, `:` or brackets; new in this attempt.
  /// - Throws: ``PipelineError`` with code `misuse` for another name; what encoding throws.
  public func save<Value: Codable & Sendable>(_ value: Value, as name: String) throws {
    try save(value, .coded(Value.self), as: name)
  }

  /// As ``save(_:as:)``, for a type with its own artifact format.
  @_disfavoredOverload
  public func save<Value: ArtifactValue>(_ value: Value, as name: String) throws {
    try save(value, .coded(Value.self), as: name)
  }

  /// The names of what was saved in this attempt so far, sorted.
  public var names: [String] { saved.map(\.name).sorted() }

  /// A value that was saved in this attempt.
  ///
  /// - Throws: ``PipelineError`` with code `unknownNode` if nothing was saved by that name, and `coding` if it
  ///   is no such value.
  public func read<Value: Codable & Sendable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws -> Value {
    try read(name, .coded(type))
  }

  /// As ``read(_:as:)``, for a type with its own artifact format.
  @_disfavoredOverload
  public func read<Value: ArtifactValue>(
    _ name: String, as type: Value.Type = Value.self
  ) throws -> Value {
    try read(name, .coded(type))
  }

  /// What was saved in this attempt so far.
  package var saved: [SavedArtifact] { shelf.artifacts(ofNode: node, attempt: attempt) }

  private func save<Value: Sendable>(_ value: Value, _ type: ValueType, as name: String) throws {
    guard Self.isName(name) else {
      throw PipelineError(
        .misuse,
        "An artifact cannot be named '\(name)'; choose a name on one line without '/', ':' or brackets."
      )
    }
    let cell = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
    defer { cell.deallocate() }
    Cell.initialize(cell, to: value)
    defer { type.destroy(cell) }
    guard let codec = type.codec, let bytes = try type.withEncoded(cell, { Array($0) }) else {
      throw PipelineError(.internalFault, "An artifact was to be saved and has no codec.")
    }
    let artifact = SavedArtifact(name: name, codec: codec.id, bytes: bytes)
    guard shelf.put(artifact, ofNode: node, attempt: attempt) else {
      throw PipelineError(
        .misuse, "The task has saved an artifact '\(name)' before; save each name once.")
    }
  }

  private func read<Value: Sendable>(_ name: String, _ type: ValueType) throws -> Value {
    guard let artifact = saved.first(where: { $0.name == name }) else {
      throw PipelineError(.unknownNode, "The task has saved no artifact '\(name)'.")
    }
    let cell = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
    defer { cell.deallocate() }
    do {
      guard type.codec?.id == artifact.codec else { throw OtherCodec() }
      try type.decode(artifact.bytes, into: cell)
    } catch {
      throw PipelineError(
        .coding, "The artifact '\(name)' is no '\(type.name)'; read it as what the task saved.",
        cause: error)
    }
    defer { type.destroy(cell) }
    return Cell.read(cell, as: Value.self)
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.contains { "/:[]".contains($0) || $0.isNewline }
  }
}

private struct OtherCodec: Error, CustomStringConvertible {
  var description: String { "it has another format" }
}

/// What a task has saved.
package struct SavedArtifact: Sendable {
  package var name: String
  package var codec: String
  package var bytes: [UInt8]

  package init(name: String, codec: String, bytes: [UInt8]) {
    self.name = name
    self.codec = codec
    self.bytes = bytes
  }
}

/// Keeps what tasks save until their attempts have ended.
package protocol ArtifactShelf: AnyObject, Sendable {
  /// - Returns: False if the attempt has one of this name.
  func put(_ artifact: SavedArtifact, ofNode node: Int, attempt: Int) -> Bool
  /// In the order in which they came.
  func artifacts(ofNode node: Int, attempt: Int) -> [SavedArtifact]
}
