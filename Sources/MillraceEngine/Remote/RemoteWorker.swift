import MillraceCoding
public import MillraceGraph
import MillraceStore
import Synchronization

/// The far side of a ``RemoteBackend``: runs the bodies of a graph's nodes as it is asked to.
///
/// The process that has it is the same executable as the one that asks, and has built the same graph: of
/// the same pipeline with the same arguments. A request that was made for another graph is refused.
///
/// ```swift
/// let worker = RemoteWorker(pipeline.graph())
/// while let request = try readRequest() {
///   Task { try write(await worker.answer(request)) }
/// }
/// ```
///
/// It serves one run; values that it holds go with it.
public final class RemoteWorker: Sendable {
  private struct State {
    var values: [UInt64: HeldValue] = [:]
    /// Of bodies that run, and of those that were told to end before they came.
    var cancellations: [UInt64: Cancellation] = [:]
  }

  private let catalog: GraphCatalog
  private let digests = FileDigests(store: .inMemory())
  private let pool: WorkerPool
  private let plugins: [any RunPlugin]
  private let state = Mutex(State())

  /// - Parameters:
  ///   - width: How many bodies run at once, at least 1; more than the backend's own is of no use.
  ///   - plugins: Those of the run, whose `remoteInitialize` is called here. A body of a run with others is
  ///     refused.
  public init(_ graph: Graph, width: Int = 1, plugins: [any RunPlugin] = []) {
    self.plugins = plugins
    catalog = GraphCatalog(graph)
    pool = WorkerPool(label: "millrace.worker", width: max(1, width), order: .depthFirst)
  }

  /// Does what is asked. Requests may come at once, from any thread; a body is awaited, not its place.
  public func answer(_ request: RemoteRequest) async -> RemoteAnswer {
    // What the values hold is released without the lock.
    _ = state.withLock { state in
      request.dropping.compactMap { state.values.removeValue(forKey: $0) }
    }
    do {
      guard request.graph == catalog.signature else {
        throw PipelineError(
          .remote,
          "The other process has built another graph; start it as the same executable with the same arguments."
        )
      }
      switch request.work {
      case .run(let call): return try await run(call)
      case .put(let values): try put(values)
      case .fetch(let id): return RemoteAnswer(encoding: try value(id).encoded(digests))
      case .cancel(let id): cancellation(of: id).cancel()
      }
      return RemoteAnswer()
    } catch {
      return RemoteAnswer(failure: RemoteFailure(error))
    }
  }

  private func put(_ values: [RemoteValue]) throws {
    for value in values {
      let type = try record(at: value.place).definition.output
      let held = try HeldValue(decoding: value.bytes, as: type)
      state.withLock { $0.values[value.id] = held }
    }
  }

  private func record(at place: Int) throws -> UnsafePointer<NodeRecord> {
    guard catalog.records.indices.contains(place) else {
      throw PipelineError(.internalFault, "There is no node at place \(place) of the graph.")
    }
    return catalog.records[place]
  }

  private func value(_ id: UInt64) throws -> HeldValue {
    guard let value = state.withLock({ $0.values[id] }) else {
      throw PipelineError(.internalFault, "Value \(id) is not in this process.")
    }
    return value
  }

  private func cancellation(of id: UInt64) -> Cancellation {
    state.withLock { state in
      if let known = state.cancellations[id] { return known }
      let new = Cancellation()
      state.cancellations[id] = new
      return new
    }
  }

  // MARK: Bodies

  private func run(_ call: RemoteCall) async throws -> RemoteAnswer {
    let record = try record(at: call.place)
    let definition = record.definition
    guard definition.isTask, definition.id.description == call.task,
      definition.fingerprint.description == call.fingerprint
    else {
      throw PipelineError(
        .remote,
        "Node '\(call.context.node)' is another task here than where it was called, '\(call.task)'; start the other process as the same executable."
      )
    }
    let names = plugins.map { "\(type(of: $0))" }
    guard names == call.plugins else {
      throw PipelineError(
        .misuse,
        "The run has the plug-ins \(call.plugins) and the other process \(names); give both the same, the other by 'RemoteWorker(_:width:plugins:)'."
      )
    }
    let inputs = try inputs(call.inputs, of: record)
    let body = FarBody(
      definition, inputs, call.context, cancellation(of: call.value),
      plugins: plugins,
      attributes: plugins.isEmpty ? NodeAttributes() : catalog.attributes(of: record))
    defer { state.withLock { $0.cancellations[call.value] = nil } }
    let failure = await withCheckedContinuation { continuation in
      pool.submit([BackendJob(rank: 0) { body.run { continuation.resume(returning: $0) } }])
    }
    var answer = RemoteAnswer(lines: body.lines)
    if let failure {
      answer.failure = RemoteFailure(failure)
    } else if let value = body.value {
      answer.artifacts = body.savedArtifacts
      do {
        if call.isEncoded { answer.encoding = try value.encoded(digests) }
        state.withLock { $0.values[call.value] = value }
      } catch {
        answer.failure = RemoteFailure(error)
      }
    }
    return answer
  }

  private func inputs(
    _ inputs: [RemoteInput], of record: UnsafePointer<NodeRecord>
  ) throws -> FarInputCells {
    let cells = FarInputCells(count: inputs.count)
    for (index, input) in inputs.enumerated() {
      switch input {
      case .constant: cells.set(index, to: record.cell(index), keeping: nil)
      case .value(let id):
        let value = try value(id)
        cells.set(index, to: UnsafeRawPointer(value.cell), keeping: value)
      case .made(let place, let inputs):
        let value = try made(at: place, of: inputs)
        cells.set(index, to: UnsafeRawPointer(value.cell), keeping: value)
      }
    }
    return cells
  }

  /// Puts a list, a member or the like together.
  private func made(at place: Int, of inputs: [RemoteInput]) throws -> HeldValue {
    let record = try record(at: place)
    let definition = record.definition
    let cells = try self.inputs(inputs, of: record)
    let body = FarBody(definition, cells, nil, Cancellation())
    return try withExtendedLifetime(body) {
      try HeldValue(definition.output) { cell in
        if let collect = definition.template?.collect {
          collect(inputs.count, body.inputs, cell)
        } else {
          try definition.callSynchronously(body.inputs, cell)
        }
      }
    }
  }
}
