import Millrace

@testable import MillraceEngine

/// What a run must come to that goes on after failures, whatever the order: worked out from the rules of
/// decision 3 by recursion over a graph of five nodes, and not as `RunState` does.
struct StateExpectation {
  private let scenario: StateScenario
  private let failing: Set<Int>
  /// Nodes whose body must be asked for, and those whose part must.
  private var runs: Set<Int> = []
  private var parts: Set<Int> = []
  /// Nodes whose body may run, as somebody could come to need it.
  private(set) var mayRun: Set<Int> = []

  /// - Parameter failing: The nodes whose bodies throw.
  init(_ scenario: StateScenario, failing: Set<Int>) {
    self.scenario = scenario
    self.failing = failing
    let none = StateExpectation(scenario)
    mayRun = none.mayRun
    // A failed input does not keep a node from having asked for the others, if it asked in planning.
    for leaf in scenario.graph.leaves { ask(leaf, isPlanning: true) }
    for leaf in scenario.graph.leaves { ask(leaf, isPlanning: false) }
  }

  /// What a run without failures needs.
  private init(_ scenario: StateScenario) {
    self.scenario = scenario
    failing = []
    for leaf in scenario.graph.leaves { ask(leaf, isPlanning: false) }
    mayRun = runs
  }

  private func inputs(_ node: Int) -> [Int] { scenario.graph.inputs(of: node) }

  // MARK: What can be had

  private func hasPart(_ node: Int) -> Bool {
    switch scenario.kinds[node] {
    case .off, .unstable: hasRun(node)
    case .transient: inputs(node).allSatisfy(hasPart)
    case .miss: inputs(node).allSatisfy(hasPart) && hasRun(node)
    case .hit, .unreadable, .changing: inputs(node).allSatisfy(hasPart)
    }
  }

  private func hasValue(_ node: Int) -> Bool {
    switch scenario.kinds[node] {
    case .off, .unstable: hasRun(node)
    case .hit: hasPart(node)
    case .transient, .miss, .unreadable, .changing: hasPart(node) && hasRun(node)
    }
  }

  private func hasRun(_ node: Int) -> Bool {
    !failing.contains(node) && inputs(node).allSatisfy(hasValue)
  }

  /// Whether nothing needs to run for a node's part.
  private func isPartPlanned(_ node: Int) -> Bool {
    switch scenario.kinds[node] {
    case .off, .unstable, .miss: false
    default: inputs(node).allSatisfy(isPartPlanned)
    }
  }

  // MARK: What is asked for

  private mutating func ask(_ leaf: Int, isPlanning: Bool) {
    if scenario.kinds[leaf].policy == .stored {
      needPart(leaf, isPlanning)
    } else {
      needValue(leaf, isPlanning)
    }
  }

  private mutating func needPart(_ node: Int, _ isPlanning: Bool) {
    if scenario.kinds[node].policy == .off { return needValue(node, isPlanning) }
    parts.insert(node)
    for input in inputs(node) { needPart(input, isPlanning) }
    if scenario.kinds[node] == .miss, isKeyed(node, isPlanning) { needRun(node, isPlanning) }
  }

  private mutating func needValue(_ node: Int, _ isPlanning: Bool) {
    guard scenario.kinds[node].policy != .off else { return needRun(node, isPlanning) }
    needPart(node, isPlanning)
    switch scenario.kinds[node] {
    case .transient: if isKeyed(node, isPlanning) { needRun(node, isPlanning) }
    // What is read is read after planning.
    case .unreadable, .changing: if !isPlanning && isKeyed(node, false) { needRun(node, false) }
    default: break
    }
  }

  private func isKeyed(_ node: Int, _ isPlanning: Bool) -> Bool {
    inputs(node).allSatisfy { isPlanning ? isPartPlanned($0) : hasPart($0) }
  }

  private mutating func needRun(_ node: Int, _ isPlanning: Bool) {
    runs.insert(node)
    // If one of them has failed already, a node asks for no other.
    guard isPlanning || inputs(node).allSatisfy(hasValue) else { return }
    for input in inputs(node) { needValue(input, isPlanning) }
  }

  /// - Returns: The only state that a node may end in; nil if there are several.
  func state(_ node: Int) -> NodeReport.State? {
    if runs.contains(node) {
      if !inputs(node).allSatisfy(hasValue) || !isPartReady(node) { return .skipped }
      return failing.contains(node) ? .failed : .executed
    }
    guard parts.contains(node) else { return nil }
    if !inputs(node).allSatisfy(hasPart) { return .skipped }
    // Something that must not run, but may, has no one state.
    return mayRun.contains(node) ? nil : scenario.kinds[node].isFound ? .hit : .notNeeded
  }

  private func isPartReady(_ node: Int) -> Bool {
    scenario.kinds[node].policy == .off || inputs(node).allSatisfy(hasPart)
  }
}
