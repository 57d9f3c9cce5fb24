import Millrace
import Testing

@testable import MillraceEngine
@testable import MillraceGraph

/// What the state machine makes of artifacts that prove unreadable, without a thread or a body.
@Suite(.timeLimit(.minutes(10))) struct RunStateReplanningTests {
  private let store = ArtifactStore.inMemory()

  private func record(_ value: Int, for node: Int) throws -> ArtifactRecord {
    try [UInt8](repeating: UInt8(value), count: 4).withUnsafeBytes {
      try store.save(
        $0, for: Key(.sha256([UInt8(node)])),
        facts: ArtifactFacts(codec: "cbor/1", encodedParts: [], task: "t", node: "n"))
    }
  }

  private func key(_ node: Int, _ round: Int = 0) -> Key {
    Key(.sha256([UInt8(node), UInt8(round)]))
  }

  private func state(_ leaves: [Node<Int>]) -> RunState {
    let traversal = Traversal(leaves.map(\.erased))
    var state = RunState(traversal)
    for leaf in traversal.leaves { state.ask(for: leaf, keepingValue: false) }
    state.startRunning()
    return state
  }

  private func execute(
    _ node: Int, _ artifact: ArtifactRecord, _ state: inout RunState
  ) -> [RunState.Action] {
    Cell.initialize(state.values.cell(node), to: node)
    state.executed(node, artifact: artifact)
    return state.next()
  }

  /// Positions: 0 is lost, 1 is slow, 2 takes both, 3 takes what is lost.
  private func twoConsumers() throws -> RunState {
    let (lost, slow) = (node("lost"), node("slow"))
    let (both, one) = (node("both", [lost, slow]), node("one", [lost]))
    var state = state([both, one])
    #expect(Set(state.next()) == [.resolve(0), .resolve(1)])
    state.resolved(0, key: key(0), artifact: try record(1, for: 0))
    #expect(state.next() == [.resolve(3)])
    state.resolved(1, key: key(1), artifact: nil)
    #expect(state.next() == [.execute(1)])
    state.resolved(3, key: key(3), artifact: nil)
    #expect(state.next() == [.load(0)])
    state.unreadable(0)
    #expect(state.next() == [.execute(0)])
    return state
  }

  @Test func `a consumer that still waits for another input goes on waiting for it`() throws {
    var state = try twoConsumers()
    // Other bytes than those that were lost: 3 has not run, so its key is computed again.
    #expect(execute(0, try record(2, for: 0), &state) == [.resolve(3)])
    #expect(state.inputParts(of: 3) == [.digest(try record(2, for: 0).artifact)])
    #expect(execute(1, try record(3, for: 1), &state) == [.resolve(2)])
    #expect(state.inputParts(of: 2).allSatisfy { $0 != nil })
    state.resolved(3, key: key(3, 1), artifact: nil)
    #expect(state.next() == [.execute(3)])
  }

  @Test func `equal bytes leave the keys as they are`() throws {
    var state = try twoConsumers()
    #expect(execute(0, try record(1, for: 0), &state) == [.execute(3)])
    #expect(execute(1, try record(3, for: 1), &state) == [.resolve(2)])
  }

  @Test func `a key that is being computed of old parts is computed again`() throws {
    var state = try twoConsumers()
    #expect(execute(1, try record(3, for: 1), &state) == [.resolve(2)])
    #expect(execute(0, try record(2, for: 0), &state) == [.resolve(3)])
    // This is the key of the old bytes.
    state.resolved(2, key: key(2), artifact: nil)
    #expect(state.next() == [.resolve(2)])
    state.resolved(2, key: key(2, 1), artifact: nil)
    #expect(state.next() == [.execute(2)])
    #expect(state.keys[2] == key(2, 1))
  }

  @Test func `nodes of one key whose artifact is lost wait for one of them`() throws {
    let twins = [node("twin"), node("twin")]
    var state = state([node("d", twins)])
    _ = state.next()
    let lost = try record(1, for: 0)
    for twin in 0...1 { state.resolved(twin, key: key(0), artifact: lost) }
    #expect(state.next() == [.resolve(2)])
    state.resolved(2, key: key(2), artifact: nil)
    #expect(Set(state.next()) == [.load(0), .load(1)])
    state.unreadable(1)
    #expect(state.next() == [.execute(1)])
    state.unreadable(0)
    #expect(state.next().isEmpty)
    #expect(execute(1, lost, &state) == [.load(0)])
    // It cannot be read now either: then it is made on its own, and not tried for ever.
    state.unreadable(0)
    #expect(state.next() == [.execute(0)])
    #expect(execute(0, lost, &state) == [.execute(2)])
  }

  @Test func `a node of the same key that is planned later does not take the broken artifact`()
    throws
  {
    let first = node("twin")
    let other = node("other")
    // Two calls whose keys will prove equal.
    let late = node("late", [other])
    var state = state([node("d", [first]), node("e", [late])])
    _ = state.next()
    let lost = try record(1, for: 0)
    state.resolved(0, key: key(0), artifact: lost)
    #expect(state.next() == [.resolve(3)])
    state.resolved(3, key: key(3), artifact: nil)
    #expect(state.next() == [.load(0)])
    state.unreadable(0)
    #expect(state.next() == [.execute(0)])
    state.resolved(1, key: key(1), artifact: nil)
    #expect(state.next() == [.execute(1)])
    #expect(execute(1, try record(4, for: 1), &state) == [.resolve(2)])
    state.resolved(2, key: key(0), artifact: lost)
    #expect(state.next().isEmpty)
    #expect(Set(execute(0, lost, &state)) == [.execute(3), .resolve(4)])
  }
}
