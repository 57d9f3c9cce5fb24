import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// How a value that another process made gets here, once: into its cell, or as the encoding that others are
// sent.
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

  func received(_ answer: RemoteAnswer, from lane: Int) throws -> Border.Encoding {
    guard let encoding = answer.encoding else {
      throw PipelineError(
        .remote,
        "Backend '\(border?.lanes[lane].backend.name ?? "")' answered without the value that was asked for; let 'RemoteWorker' answer."
      )
    }
    return Border.Encoding(bytes: encoding.bytes, files: encoding.files)
  }
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
