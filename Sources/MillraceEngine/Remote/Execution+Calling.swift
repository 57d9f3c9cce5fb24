import MillraceCoding
import MillraceGraph
import Synchronization

// How a body runs in another process: what it reads goes there, once, and it is called.
extension Execution {
  /// Sees to it that another process has all values that a node's body reads there.
  func send(inputsOf node: Int, to lane: Int) async throws {
    guard let border else { return }
    var missing: Set<Int> = []
    state.withLock { state in
      for input in state.farInputs(of: node) { input.collectValues(into: &missing) }
    }
    missing = missing.filter { border.copies(of: $0)[lane] == nil }
    while !missing.isEmpty {
      let mine = missing.sorted().filter { border.tryClaim(.copy($0, lane: lane)) }
      do {
        try await put(mine, to: lane)
      } catch {
        for value in mine { border.release(.copy(value, lane: lane)) }
        throw error
      }
      for value in mine { border.release(.copy(value, lane: lane)) }
      missing.subtract(mine)
      // Others send the rest. Who holds a claim while waiting for another's could wait for ever.
      for value in missing.sorted() {
        if await border.claim(.copy(value, lane: lane)) {
          border.release(.copy(value, lane: lane))
        }
      }
      missing = missing.filter { border.copies(of: $0)[lane] == nil }
    }
  }

  private func put(_ nodes: [Int], to lane: Int) async throws {
    guard let border else { return }
    var values: [RemoteValue] = []
    var ids: [(node: Int, id: UInt64)] = []
    for node in nodes where border.copies(of: node)[lane] == nil {
      let encoding = try await encoding(of: node)
      let place = try place(of: node)
      let id = border.makeID()
      values.append(RemoteValue(id: id, place: place, bytes: encoding.bytes))
      ids.append((node, id))
    }
    guard !values.isEmpty else { return }
    let answer = try await border.lanes[lane].send(.put(values))
    if let failure = answer.failure { throw failure.error }
    for (node, id) in ids { border.add(copy: id, of: node, lane: lane) }
  }

  /// Runs a body in another process, which has its inputs.
  func call(_ node: Int, attempt: Int, on lane: Int) async throws {
    guard let border else { return }
    let id = border.makeID()
    let context = context(ofNode: node, attempt: attempt)
    let (step, inputs) = try remoteInputs(of: node, on: lane)
    let call = RemoteCall(
      place: try place(of: node), task: step.definition.id.description,
      fingerprint: step.definition.fingerprint.description, value: id, inputs: inputs,
      isEncoded: step.role == .stored || border.kept.contains(node),
      context: RemoteCall.Context(
        run: context.run, node: context.node, attempt: attempt,
        environment: context.environment, seed: context.seed),
      plugins: options.plugins.map { "\(type(of: $0))" })
    let answer = try await withTaskCancellationHandler {
      try await border.lanes[lane].send(.run(call))
    } onCancel: {
      border.lanes[lane].cancel(id)
    }
    for line in answer.lines {
      context.log.write(TaskLog.Line(line))
    }
    if let failure = answer.failure { throw failure.error }
    for artifact in answer.artifacts {
      let artifact = SavedArtifact(
        name: artifact.name, codec: artifact.codec, bytes: artifact.bytes)
      _ = shelf.put(artifact, ofNode: node, attempt: attempt)
    }
    let encoding = call.isEncoded ? try received(answer, from: lane) : nil
    border.note(Border.Made(lane: lane, id: id, encoding: encoding), by: node, attempt: attempt)
  }

  private func remoteInputs(of node: Int, on lane: Int) throws -> (StepInput, [RemoteInput]) {
    let (step, inputs) = state.withLock { ($0.stepInput(node), FarInputs($0.farInputs(of: node))) }
    return (step, try inputs.list.map { try remoteInput($0, on: lane) })
  }

  private func remoteInput(_ input: FarInput, on lane: Int) throws -> RemoteInput {
    switch input {
    case .constant: return .constant
    case .value(let node):
      guard let id = border?.copies(of: node)[lane] else {
        throw PipelineError(
          .internalFault, "The value of node '\(name(of: node))' was to be in another process.")
      }
      return .value(id)
    case .made(let record, let inputs):
      guard let place = border?.catalog.place(of: record) else { throw Self.unknown(record) }
      return .made(place: place, inputs: try inputs.map { try remoteInput($0, on: lane) })
    }
  }

  private func place(of node: Int) throws -> Int {
    let record = state.withLock { $0.stepInput(node) }.record
    guard let place = border?.catalog.place(of: record) else { throw Self.unknown(record) }
    return place
  }

  private static func unknown(_ record: UnsafePointer<NodeRecord>) -> PipelineError {
    PipelineError(
      .internalFault, "A node of task '\(record.definition.name)' has no place in its graph.")
  }
}

private struct FarInputs: @unchecked Sendable {
  // Records are immutable.
  let list: [FarInput]
  init(_ list: [FarInput]) { self.list = list }
}

extension TaskLog.Line {
  fileprivate init(_ line: RemoteAnswer.Line) {
    self.init(
      line.text, level: TaskLog.Level(rawValue: line.level) ?? .info,
      source: TaskLog.Source(rawValue: line.source) ?? .task)
  }
}
