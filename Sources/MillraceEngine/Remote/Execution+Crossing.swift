import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// How a value gets from one process to another: each way at most once.
extension Execution {
  // MARK: Into a cell

  /// Puts a value into its cell, if it is not there.
  ///
  /// - Throws: ``PipelineError`` if it cannot be had, or a member's or list's own error.
  func bring(_ node: Int) async throws {
    guard let border else { return }
    while state.withLock({ $0.away.contains(node) }) {
      guard await border.claim(.cell(node)) else { continue }
      defer { border.release(.cell(node)) }
      guard let parts = state.withLock({ $0.partsIfAway(node) }) else { return }
      for part in parts { try await bring(part) }
      let encoding = parts.isEmpty ? try await encodingIfMade(node) : nil
      return try fill(node, encoding)
    }
  }

  /// As ``bring(_:)``, if that takes no wait.
  ///
  /// - Returns: Whether it is in its cell.
  func bringNow(_ node: Int) throws -> Bool {
    guard let border, state.withLock({ $0.away.contains(node) }) else { return true }
    guard border.tryClaim(.cell(node)) else { return false }
    defer { border.release(.cell(node)) }
    guard let parts = state.withLock({ $0.partsIfAway(node) }) else { return true }
    for part in parts { guard try bringNow(part) else { return false } }
    if state.withLock({ $0.isView(node) }) {
      try fill(node, nil)
    } else {
      guard let encoding = try encodingNow(of: node) else { return false }
      try fill(node, encoding)
    }
    return true
  }

  private func encodingIfMade(_ node: Int) async throws -> Border.Encoding? {
    if state.withLock({ $0.isView(node) }) { return nil }
    return try await encoding(of: node)
  }

  /// Writes a cell whose claim is held: from an encoding, or from what a view shows.
  private func fill(_ node: Int, _ encoding: Border.Encoding?) throws {
    let (step, parts) = state.withLock { ($0.stepInput(node), $0.viewPointers(node)) }
    try withExtendedLifetime(parts.pointers) {
      let addresses = parts.pointers.addresses
      let inputs = TaskInputs(cells: addresses, source: self, node: node, attempt: 1)
      if let encoding {
        try decode(encoding, of: node, step)
      } else if let collect = step.definition.template?.collect {
        collect(parts.count, inputs, step.cell)
      } else if step.role == .twin || step.role == .deferred {
        // It may be a call of a task, whose body is not to run again.
        step.definition.output.copy(addresses[0], to: step.cell)
      } else {
        try step.definition.callSynchronously(inputs, step.cell)
      }
    }
    state.withLock { _ = $0.away.remove(node) }
  }

  private func decode(_ encoding: Border.Encoding, of node: Int, _ step: StepInput) throws {
    let output = step.definition.output
    if output.isVoid { return }
    do {
      try output.decode(encoding.bytes, into: step.cell)
    } catch {
      let name = name(of: node)
      throw PipelineError(
        .coding,
        "The value of node '\(name)' came from another process and cannot be decoded; make '\(output.name)' decode what it encodes.",
        node: name, cause: error)
    }
  }

  // MARK: Encodings

  /// The encoding of a value that a node made, wherever it is.
  func encoding(of node: Int) async throws -> Border.Encoding {
    guard let border else { return Border.Encoding() }
    while true {
      if let encoding = try encodingNow(of: node) { return encoding }
      guard await border.claim(.encoding(node)) else { continue }
      defer { border.release(.encoding(node)) }
      if let encoding = try encodingHere(of: node) { return encoding }
      let encoding = try await fetch(node)
      border.keep(received: encoding, of: node)
      return encoding
    }
  }

  /// The encoding, if nobody has to be waited for.
  func encodingNow(of node: Int) throws -> Border.Encoding? {
    guard let border else { return nil }
    if let encoding = border.encoding(of: node) { return encoding }
    guard border.tryClaim(.encoding(node)) else { return nil }
    defer { border.release(.encoding(node)) }
    return try encodingHere(of: node)
  }

  /// The encoding of a value that is in this process or in the store; its claim is held.
  private func encodingHere(of node: Int) throws -> Border.Encoding? {
    guard let border else { return nil }
    if let encoding = border.encoding(of: node) { return encoding }
    let (step, isAway, value) = state.withLock {
      ($0.stepInput(node), $0.away.contains(node), CellAddress($0.valuePointer(node)))
    }
    if let artifact = step.artifact, let bytes = try? store.load(artifact) {
      // It is stored, so these are its bytes; they can be had again, and need not be kept.
      return Border.Encoding(bytes: bytes, files: artifact.facts.files)
    }
    if isAway { return nil }
    let encoding = try encode(value, of: node, step.definition.output)
    border.keep(encoding, of: node)
    if step.role == .element, encoding.files.isEmpty {
      // Names are made of the same bytes.
      state.withLock { $0.identities[node] = .sha256(encoding.bytes) }
    }
    return encoding
  }

  private func encode(
    _ value: CellAddress, of node: Int, _ type: ValueType
  ) throws -> Border.Encoding {
    if type.isVoid { return Border.Encoding() }
    do {
      let (bytes, files) = try digests.recording {
        try type.withEncoded(value.pointer) { Array($0) }
      }
      if let bytes { return Border.Encoding(bytes: bytes, files: files) }
    } catch let error as EncodingError {
      throw PipelineError(
        .coding,
        "The value of node '\(name(of: node))' cannot be encoded for another process; make its type encode every value it can have.",
        cause: error)
    }
    throw PipelineError(
      .coding,
      "The value of node '\(name(of: node))' is needed by another process, but '\(type.name)' cannot be encoded; make it 'Codable', or put what uses it into the same block."
    )
  }

  private func fetch(_ node: Int) async throws -> Border.Encoding {
    guard let border, let (lane, id) = border.copies(of: node).min(by: { $0.key < $1.key }) else {
      throw PipelineError(
        .internalFault, "The value of node '\(name(of: node))' is in no process.")
    }
    let answer = try await border.lanes[lane].send(.fetch(id))
    if let failure = answer.failure { throw failure.error }
    return try received(answer, from: lane)
  }

  private func received(_ answer: RemoteAnswer, from lane: Int) throws -> Border.Encoding {
    guard let encoding = answer.encoding else {
      throw PipelineError(
        .remote,
        "Backend '\(border?.lanes[lane].backend.name ?? "")' answered without the value that was asked for; let 'RemoteWorker' answer."
      )
    }
    return Border.Encoding(bytes: encoding.bytes, files: encoding.files)
  }

  // MARK: To another process

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

extension RunState {
  /// What must be in its cell before a node that is away can be: what its view is made of, or nothing; nil
  /// if it is not away.
  fileprivate func partsIfAway(_ node: Int) -> [Int]? {
    guard away.contains(node) else { return nil }
    return isView(node) ? viewParts(node).filter { $0 >= 0 } : []
  }

  /// As `parts(ofView:)`; of a row of nodes that each stand for the next, the last.
  private func viewParts(_ node: Int) -> [Int] {
    let target = followed(node)
    return target == node ? parts(ofView: node) : [target]
  }

  /// Where the values lie that a view is made of; all of them are in their cells.
  fileprivate func viewPointers(_ node: Int) -> (pointers: InputPointers, count: Int) {
    let parts = isView(node) ? viewParts(node) : []
    let pointers = InputPointers(count: parts.count)
    for (input, source) in parts.enumerated() {
      (pointers.addresses + input).initialize(
        to: source < 0 ? table.records[node].cell(input) : valuePointer(source))
    }
    return (pointers, parts.count)
  }
}

extension TaskLog.Line {
  fileprivate init(_ line: RemoteAnswer.Line) {
    self.init(
      line.text, level: TaskLog.Level(rawValue: line.level) ?? .info,
      source: TaskLog.Source(rawValue: line.source) ?? .task)
  }
}
