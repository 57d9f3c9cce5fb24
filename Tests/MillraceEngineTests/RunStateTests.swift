import Millrace
import Testing

@testable import MillraceEngine
@testable import MillraceGraph

/// The state machine alone, without a thread: what it asks to be done, in every order of completion.
@Suite(.timeLimit(.minutes(10))) struct RunStateTests {
  /// Performs a state's actions in an order that a test chooses, and checks each.
  struct Player: ~Copyable {
    var state: RunState
    var pending: [RunState.Action] = []
    var executions: [Int: Int] = [:]
    let inputs: [[Int]]

    init(_ graph: Graph, inputs: [[Int]]) {
      let traversal = Traversal(graph.leaves)
      state = RunState(traversal)
      self.inputs = inputs
      for leaf in traversal.leaves { state.ask(for: leaf, keepingValue: false) }
      pending = state.next()
    }

    /// Finishes planning, with a store that has nothing.
    mutating func plan() {
      while !pending.isEmpty { perform(0) }
      state.startRunning()
      pending += state.next()
    }

    /// Performs one of the pending actions.
    mutating func perform(_ index: Int, failing: Bool = false) {
      let action = pending.remove(at: index)
      switch action {
      case .resolve(let node):
        state.resolved(node, key: Key(.sha256([UInt8(node)])), artifact: nil)
      case .execute(let node) where failing:
        state.failed(node, cancelled: false)
      case .execute(let node):
        executions[node, default: 0] += 1
        for input in inputs[node] {
          #expect(executions[input] == 1 && state.isPresent[input], "\(node) ran before \(input)")
        }
        Cell.initialize(state.values.cell(node), to: node)
        state.executed(node, artifact: nil)
      case .digest(let node):
        #expect(state.isPresent[node])
        state.digested(node, .integer(node))
      case .bring:
        Issue.record("every value is in this process")
      case .load:
        Issue.record("an empty store has nothing to load")
      }
      pending += state.next()
    }

    /// The node whose body one of the pending actions is.
    func execution(_ index: Int) -> Int? {
      if case .execute(let node) = pending[index] { node } else { nil }
    }
  }

  typealias Shape = ExhaustiveRunTests.Shape

  /// Calls `body` with a fresh player again and again until every sequence of choices was played.
  private func playAll(_ shape: Shape, _ body: (inout Player, (Int) -> Int) -> Void) {
    var choices: [(choice: Int, of: Int)] = []
    repeat {
      var player = Player(shape.graph(Calls()).0, inputs: (0..<shape.count).map(shape.inputs(of:)))
      var step = 0
      body(&player) { count in
        if step == choices.count { choices.append((0, count)) }
        defer { step += 1 }
        return choices[step].choice
      }
      while let last = choices.popLast() {
        if last.choice + 1 < last.of {
          choices.append((last.choice + 1, last.of))
          break
        }
      }
    } while !choices.isEmpty
  }

  private static let shapes = (1...4).flatMap { count in
    ExhaustiveRunTests.shapes(count).filter { shape in
      // Stored nodes need artifacts, which a state alone cannot make: runs test these.
      !shape.policies.contains(.stored) && (count < 4 || Set(shape.policies).count == 1)
    }
  }

  @Test func `every order of completion ends, with each node run once and after its inputs`() {
    var orders = 0
    for shape in Self.shapes {
      playAll(shape) { player, choose in
        player.plan()
        while !player.pending.isEmpty { player.perform(choose(player.pending.count)) }
        orders += 1
        #expect(player.state.inFlight == 0)
        #expect(player.state.executedCount == shape.count)
        #expect(
          player.executions == Dictionary(uniqueKeysWithValues: (0..<shape.count).map { ($0, 1) }))
        #expect(player.state.tally().isComplete)
        // Nothing stays in memory.
        #expect(!player.state.isPresent.contains(true))
      }
    }
    #expect(orders > 500)
  }

  @Test(arguments: [false, true])
  func `a failure at any point leaves true states`(stops: Bool) {
    for shape in Self.shapes {
      for bad in 0..<shape.count {
        playAll(shape) { player, choose in
          player.plan()
          while !player.pending.isEmpty {
            let choice = choose(player.pending.count)
            let fails = player.execution(choice) == bad
            player.perform(choice, failing: fails)
            if fails && stops { player.state.stop() }
          }
          player.state.endAll()
          #expect(player.state.inFlight == 0)
          #expect(player.state.reportState(bad) == .failed)
          #expect(player.state.tally().failed == 1)
          for node in 0..<shape.count where node != bad {
            let state = player.state.reportState(node)
            let ran = player.executions[node] == 1
            #expect((state == .executed) == ran)
            if needs(node, bad, shape) {
              #expect(state == .skipped)
            } else if stops {
              #expect(ran || state == .cancelled || state == .notNeeded)
            } else {
              #expect(ran || state == .notNeeded)
            }
          }
        }
      }
    }
  }

  private func needs(_ node: Int, _ input: Int, _ shape: Shape) -> Bool {
    shape.inputs(of: node).contains { $0 == input || needs($0, input, shape) }
  }

  @Test func `stopping at any point ends the run with no node begun afterwards`() {
    for shape in Self.shapes where shape.count < 4 {
      for steps in 0..<shape.count {
        playAll(shape) { player, choose in
          player.plan()
          for _ in 0..<steps where !player.pending.isEmpty {
            player.perform(choose(player.pending.count))
          }
          let before = player.state.inFlight
          player.state.stop()
          #expect(player.state.next().isEmpty)
          // What was handed out may end; nothing follows from it.
          #expect(player.pending.count == before)
          while !player.pending.isEmpty { player.perform(0) }
          player.state.endAll()
          for node in 0..<shape.count {
            #expect((player.state.reportState(node) == .executed) == (player.executions[node] == 1))
          }
        }
      }
    }
  }
}
