import Millrace
import Testing

/// `last(When(condition) { then(shared) } otherwise: { otherwise(shared) })` with every choice of cache
/// policies, run cold, again, and with the other arm, against a model of a few lines.
@Suite(.timeLimit(.minutes(10))) struct ExhaustiveWhenTests {
  private enum Step: Int, CaseIterable { case shared, condition, then, otherwise, last }

  private struct Case {
    var policies: [CachePolicy]
    var holds: Bool
    /// Whether both arms give the same value.
    var isEqual: Bool

    func policy(_ step: Step) -> CachePolicy { policies[step.rawValue] }

    func value(_ step: Step) -> Int {
      switch step {
      case .shared: 7
      case .condition: holds ? 1 : 0
      case .then: 8
      case .otherwise: isEqual ? 8 : 9
      case .last: 100 + value(arm)
      }
    }

    var arm: Step { holds ? .then : .otherwise }

    func inputs(_ step: Step) -> [Step] {
      switch step {
      case .shared, .condition: []
      case .then, .otherwise: [.shared]
      case .last: [arm]
      }
    }

    func graph(_ calls: Calls) -> (Graph, Node<Int>) {
      func make(_ step: Step, _ inputs: [Node<Int>]) -> Node<Int> {
        let value = value(step)
        // The condition's outcome is part of its key.
        let version = step == .condition ? value + 1 : 1
        let equal = step == .otherwise && isEqual ? "=" : ""
        return node(
          "\(step)\(equal)", inputs,
          TaskAttributes(version: version, cache: policy(step)), calls: calls
        ) { _, _ in value }
      }
      let shared = make(.shared, [])
      let result = When(make(.condition, []).isTrue) {
        make(.then, [shared])
      } otherwise: {
        make(.otherwise, [shared])
      }
      let last = make(.last, [result])
      return (Graph { last }, last)
    }
  }

  private struct Model {
    private var known: Set<String> = []

    mutating func run(_ item: Case) -> Set<Step> {
      var executed: Set<Step> = []
      func key(_ step: Step) -> String {
        let version = step == .condition && item.holds ? "!" : ""
        return "\(step)\(version)(\(item.inputs(step).map(part).joined(separator: ",")))"
      }
      func part(_ step: Step) -> String {
        item.policy(step) == .transient ? key(step) : "v\(item.value(step))"
      }
      func needPart(_ step: Step) {
        if item.policy(step) == .transient {
          item.inputs(step).forEach(needPart)
        } else {
          needValue(step)
        }
      }
      func needValue(_ step: Step) {
        if step == .last { needValue(.condition) }
        if item.policy(step) != .off { item.inputs(step).forEach(needPart) }
        if item.policy(step) == .stored, known.contains(key(step)) { return }
        guard executed.insert(step).inserted else { return }
        item.inputs(step).forEach(needValue)
      }
      needValue(.last)
      for step in executed where item.policy(step) == .stored { known.insert(key(step)) }
      return executed
    }
  }

  private static let choices: [[CachePolicy]] = Step.allCases.reduce([[]]) { choices, _ in
    choices.flatMap { choice in ExhaustiveRunTests.policies.map { choice + [$0] } }
  }

  @Test(arguments: [BackendKind.all[0], BackendKind.all[2]], [false, true])
  func `what runs is what the model says`(kind: BackendKind, isEqual: Bool) async throws {
    for policies in Self.choices {
      let store = ArtifactStore.inMemory()
      var model = Model()
      for holds in [true, true, false, false, true] {
        let item = Case(policies: policies, holds: holds, isEqual: isEqual)
        let calls = Calls()
        let (graph, last) = item.graph(calls)
        let expected = model.run(item)
        let result = try await graph.run(on: kind.backend, in: store)
        let names = Set(calls.names.map { $0.replacing("=", with: "") })
        #expect(names == Set(expected.map { "\($0)" }), "\(item)")
        #expect(calls.names.count == expected.count && result.status == .succeeded, "\(item)")
        if item.policy(.last) == .stored {
          #expect(try result.value(of: last) == item.value(.last), "\(item)")
        }
      }
    }
  }
}

extension Int {
  fileprivate var isTrue: Bool { self == 1 }
}
