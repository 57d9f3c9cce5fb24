public import MillraceGraph
public import MillraceStore

extension ArtifactStore {
  /// The value that a name stands for, for a notebook, a test or a service.
  ///
  /// ```swift
  /// let store = try ArtifactStore.open(at: ".millrace", readOnly: true)
  /// let report = try store.read("flight-delays/report", as: String.self)
  /// ```
  ///
  /// - Parameters:
  ///   - name: `pipeline/node`, as ``names()`` lists them.
  ///   - type: The type that the task returns, or another that decodes from the same bytes.
  ///   - time: Nil for what it stands for now.
  /// - Throws: ``PipelineError`` with code `unknownNode` if nothing has the name, or had it then, and
  ///   `coding` if its bytes are no such value; `StoreFailure` if they are missing or damaged.
  public func read<Value: Codable & Sendable>(
    _ name: String, as type: Value.Type = Value.self, at time: LogicalTime? = nil
  ) throws -> Value {
    try read(name, ValueType.coded(type), at: time)
  }

  /// As ``read(_:as:at:)``, for a type with its own artifact format.
  @_disfavoredOverload
  public func read<Value: ArtifactValue>(
    _ name: String, as type: Value.Type = Value.self, at time: LogicalTime? = nil
  ) throws -> Value {
    try read(name, ValueType.coded(type), at: time)
  }

  /// The value that a node had in a run.
  ///
  /// - Parameters:
  ///   - node: Its name, without the pipeline's.
  ///   - run: A run of ``runs()``.
  /// - Throws: As ``read(_:as:at:)``.
  public func read<Value: Codable & Sendable>(
    _ node: String, as type: Value.Type = Value.self, in run: RunID
  ) throws -> Value {
    guard let record = try view(of: run)?.result(named: node) else {
      throw PipelineError(
        .unknownNode,
        "Run \(run.shortForm) has no result of a node '\(node)' in the store '\(place)'.",
        node: node)
    }
    return try decode(load(record), of: node, ValueType.coded(type), codec: record.codec)
  }

  private func read<Value: Sendable>(
    _ name: String, _ type: ValueType, at time: LogicalTime?
  ) throws -> Value {
    let binding = time == nil ? resolve(name) : time.flatMap { self.binding(of: name, at: $0) }
    guard let binding else {
      let near = NameSuggestions.nearest(to: name, in: names().map(\.name)).first
      throw PipelineError(
        .unknownNode,
        "The store '\(place)' has nothing named '\(name)'\(time == nil ? "" : " at that time")."
          + (near.map { " Did you mean '\($0)'?" } ?? " A name is 'pipeline/node'."))
    }
    return try decode(load(binding), of: name, type, codec: binding.codec)
  }

  private func decode<Value: Sendable>(
    _ bytes: [UInt8], of name: String, _ type: ValueType, codec: String
  ) throws -> Value {
    let cell = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
    defer { cell.deallocate() }
    do {
      guard type.codec?.id == codec else { throw OtherCodec(stored: codec, wanted: type.codec?.id) }
      try type.decode(bytes, into: cell)
    } catch {
      throw PipelineError(
        .coding,
        "What '\(name)' stands for is no '\(type.name)'; read it as what its task returns.",
        node: name, cause: error)
    }
    defer { type.destroy(cell) }
    return Cell.read(cell, as: Value.self)
  }
}

private struct OtherCodec: Error, CustomStringConvertible {
  var stored: String
  var wanted: String?
  var description: String { "it is stored as '\(stored)', and the type is '\(wanted ?? "")'" }
}
