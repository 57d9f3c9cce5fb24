import Millrace

@testable import MillraceEngine
@testable import MillraceGraph

/// One run of a `RunState`, with a driver that says which action is done next and how it ends, and that
/// checks what must hold at every step.
final class StatePlay {
  struct Rules {
    /// How many bodies may fail.
    var failures = 0
    /// Whether the first failure ends the run.
    var failsFast = false
    var mayCancel = false
    /// Whether actions that end after the end of the run do so in one order. Nothing follows from
    /// them, which is checked, so the order of their reports cannot matter.
    var endsInOrder = true
  }

  enum Ending: UInt8 { case success, failure, cancelled }

  private let scenario: StateScenario
  private let rules: Rules
  private var state: RunState
  private(set) var pending: [RunState.Action] = []
  /// Successful runs of bodies, by node.
  private var executions: [Int]
  private var endings: [Ending?]
  private var isMended: [Bool]
  /// Whether a node's value is not the one that it has at first.
  private var isOther: [Bool]
  private var isStopped = false
  /// What was done, as numbers, in ascending order.
  private var history: [UInt8] = []

  init(_ scenario: StateScenario, _ rules: Rules) throws {
    self.scenario = scenario
    self.rules = rules
    state = RunState(scenario.traversal)
    executions = Array(repeating: 0, count: scenario.count)
    endings = Array(repeating: nil, count: scenario.count)
    isMended = Array(repeating: false, count: scenario.count)
    isOther = isMended
    for leaf in scenario.graph.leaves { state.ask(for: leaf, keepingValue: false) }
    try follow()
    // In the order in which a run plans.
    while let action = pending.popLast() {
      if case .execute = action { throw Violation("a body ran in planning") }
      try perform(action, .success)
    }
    history = []
    state.startRunning()
    try follow()
  }

  // MARK: What can happen

  enum Choice {
    case perform(Int, Ending)
    case cancel
  }

  var options: [Choice] {
    var options: [Choice] = []
    let failures = endings.count { $0 == .failure }
    for index in pending.indices {
      if isStopped && rules.endsInOrder && index > 0 { break }
      guard case .execute(let node) = pending[index] else {
        options.append(.perform(index, .success))
        continue
      }
      if let ending = endings[node], ending != .cancelled {
        options.append(.perform(index, ending))
      } else {
        options.append(.perform(index, .success))
        if failures < rules.failures { options.append(.perform(index, .failure)) }
      }
      // A body that a stopped run has not begun, or that took notice.
      if isStopped { options.append(.perform(index, .cancelled)) }
    }
    if rules.mayCancel && !isStopped && !pending.isEmpty { options.append(.cancel) }
    return options
  }

  func perform(_ choice: Choice) throws {
    switch choice {
    case .perform(let index, let ending):
      let action = pending.remove(at: index)
      note(Self.code(action) | ending.rawValue)
      try perform(action, ending)
    case .cancel:
      isStopped = true
      note(.max)
      state.stop()
      try follow()
    }
  }

  /// Takes in what the state asks for.
  private func follow() throws {
    let actions = state.next()
    if isStopped && !actions.isEmpty { throw Violation("\(actions) begin after the end") }
    pending += actions
    if state.inFlight != pending.count {
      throw Violation("\(state.inFlight) are in flight, not \(pending)")
    }
  }

  private func perform(_ action: RunState.Action, _ ending: Ending) throws {
    switch action {
    case .resolve(let node):
      guard let key = key(node) else {
        // An input that was made again may have taken its part back meanwhile. The lookup is then void.
        guard state.outdated.contains(node) else {
          throw Violation("\(node) was looked up without its inputs' parts")
        }
        state.unkeyed(node, input: "")
        break
      }
      let isFound = key == StateScenario.key(node, 0) && scenario.kinds[node].isFound
      state.resolved(node, key: key, artifact: isFound ? StateScenario.record(node, 0) : nil)
    case .load(let node):
      if !isMended[node] && scenario.kinds[node].isLost {
        state.unreadable(node)
      } else {
        Cell.initialize(state.values.cell(node), to: node)
        state.loaded(node)
      }
    case .digest(let node):
      if !state.isPresent[node] { throw Violation("\(node) was digested without a value") }
      let isOther = scenario.kinds[node] == .unstable && executions[node] > 1
      state.digested(node, isOther ? .integer(node + 100 * executions[node]) : scenario.part(node))
    case .execute(let node): try execute(node, ending)
    case .bring(let node): throw Violation("\(node) was to be brought, and nothing is away")
    }
    try follow()
  }

  private func execute(_ node: Int, _ ending: Ending) throws {
    for input in scenario.graph.inputs(of: node) {
      guard state.isPresent[input], Cell.read(state.valuePointer(input), as: Int.self) == input
      else { throw Violation("\(node) ran without the value of \(input)") }
    }
    if state.isPresent[node] { throw Violation("\(node) ran and had its value") }
    if scenario.kinds[node].policy == .stored,
      state.keys[node] != key(node) || !isKeyed(node, byValuesOf: scenario.graph.inputs(of: node))
    {
      throw Violation("\(node) ran, to be stored under the key of other inputs")
    }
    endings[node] = ending
    switch ending {
    case .success:
      executions[node] += 1
      isMended[node] = true
      if executions[node] > 1 + losses(behind: node) { throw Violation("\(node) ran again") }
      Cell.initialize(state.values.cell(node), to: node)
      isOther[node] =
        switch scenario.kinds[node] {
        case .unstable: executions[node] > 1
        case .changing: true
        default: state.keys[node] == StateScenario.key(node, 1)
        }
      state.executed(
        node,
        artifact: scenario.kinds[node].policy == .stored
          ? StateScenario.record(node, isOther[node] ? 1 : 0) : nil)
    case .failure:
      state.failed(node, cancelled: false)
      if rules.failsFast {
        isStopped = true
        state.stop()
      }
    case .cancelled: state.failed(node, cancelled: true)
    }
  }

  /// The key of a node, made of the parts that its inputs have now; nil if one has none.
  private func key(_ node: Int) -> Key? {
    var isOld = true
    for (input, part) in zip(scenario.graph.inputs(of: node), state.inputParts(of: node)) {
      guard let part else { return nil }
      if part != scenario.part(input) { isOld = false }
    }
    return StateScenario.key(node, isOld ? 0 : 1)
  }

  /// Whether a node's key is that of the values in memory. A transient input says nothing of its value.
  private func isKeyed(_ node: Int, byValuesOf inputs: [Int]) -> Bool {
    if inputs.contains(where: { scenario.kinds[$0] == .transient }) { return true }
    return state.keys[node] == StateScenario.key(node, inputs.contains { isOther[$0] } ? 1 : 0)
  }

  /// Nodes that may want a node's value again when it has been let go: hits that nobody can read.
  private func losses(behind node: Int) -> Int {
    var behind: Set<Int> = [node]
    for other in node..<scenario.count
    where scenario.graph.inputs(of: other).contains(where: behind.contains) {
      behind.insert(other)
    }
    return behind.count { $0 != node && scenario.kinds[$0].isLost }
  }

  // MARK: The end

  /// Checks the last states of a run without pending actions.
  func end() throws {
    let wasEmpty = (0..<scenario.count).allSatisfy { !state.isPresent[$0] }
    state.endAll()
    if !isStopped && !wasEmpty { throw Violation("values were not let go") }
    let states = (0..<scenario.count).map { state.reportState($0) }
    for (node, end) in states.enumerated() { try check(node, end, states) }
    let tally = state.tally()
    if tally.executed != executions.reduce(0, +) {
      throw Violation("\(tally.executed) were counted")
    }
    if tally.failed != states.count(where: { $0 == .failed }) {
      throw Violation("\(tally.failed) failures were counted")
    }
    if tally.isComplete == states.contains(.cancelled) { throw Violation("completeness is wrong") }
    guard !isStopped, !scenario.kinds.contains(where: \.changes) else { return }
    let failing = Set(endings.indices.filter { endings[$0] == .failure })
    let expected = StateExpectation(scenario, failing: failing)
    for (node, end) in states.enumerated() {
      if let only = expected.state(node), end != only {
        throw Violation("\(node) ended as \(end), not \(only)")
      }
      if endings[node] != nil && !expected.mayRun.contains(node) {
        throw Violation("\(node) ran, and nobody needed it")
      }
    }
  }

  /// Whether a state can be, given what was done and how the node's inputs ended.
  private func check(_ node: Int, _ end: NodeReport.State, _ states: [NodeReport.State]) throws {
    let inputs = scenario.graph.inputs(of: node)
    let isTrue =
      switch end {
      case .executed: executions[node] > 0 && endings[node] == .success
      case .failed: endings[node] == .failure
      case .hit: scenario.kinds[node].isFound && endings[node] == nil
      case .skipped: inputs.contains { states[$0] == .failed || states[$0] == .skipped }
      case .cancelled: isStopped
      case .notNeeded: endings[node] == nil
      case .ignored: false
      }
    if !isTrue { throw Violation("\(node) ended as \(end)") }
    if endings[node] == .failure && end != .failed {
      throw Violation("the failure of \(node) is gone")
    }
  }

  // MARK: Comparing

  private func note(_ code: UInt8) {
    let index = history.firstIndex { $0 > code } ?? history.count
    history.insert(code, at: index)
  }

  private static func code(_ action: RunState.Action) -> UInt8 {
    switch action {
    case .resolve(let node): UInt8(node) << 4
    case .load(let node): UInt8(node) << 4 | 4
    case .execute(let node): UInt8(node) << 4 | 8
    case .digest(let node): UInt8(node) << 4 | 12
    case .bring(let node): UInt8(node) << 4 | 15
    }
  }

  /// What was done, in whatever order, and what is left to do.
  ///
  /// In some runs the order is free to show, and what can be seen is a part of the place. In one that has
  /// been stopped, a node with one input that failed and one that was cancelled ends as the first of them
  /// made it; where keys change on the way, values are let go earlier or later. A hit that proves
  /// unreadable asks for its inputs only if none has failed before, and of two with one input the second
  /// may come before that input's value is let go or after.
  var place: [UInt8] {
    let lost = scenario.kinds.count(where: \.isLost)
    let isFree =
      isStopped || scenario.kinds.contains(where: \.changes)
      || lost > (endings.contains(.failure) ? 0 : 1)
    return history + [.max] + pending.map(Self.code).sorted() + (isFree ? [.max] + view : [])
  }

  /// What can be seen of the nodes.
  var view: [UInt8] {
    (0..<scenario.count).map { node in
      UInt8(state.isPresent[node] ? 1 : 0) | UInt8(executions[node]) << 1
        | state.phases[node].rawValue << 4
    }
  }
}
