import Millrace
import Synchronization

/// A graph with all that decides when its bodies begin, how often, and what their failures do.
struct RunScenario: CustomStringConvertible {
  let graph: AcyclicGraph
  /// By node: the nodes that it starts after, as bits, all below it.
  var afters: [Int] = []
  var cache: CachePolicy = .off
  var policy: FailurePolicy = .keepGoing
  /// How often a node may be tried, by node; 1 for those beyond the end.
  var attempts: [Int] = []
  /// Whether there is a wait before each further attempt.
  var waits = false
  /// What runs out of time: nothing, each attempt, the node in all, or both.
  var timing = Timing.none
  /// Nodes whose failure is ignored, as bits.
  var ignored = 0
  /// What nodes take of the pool, and how much there is.
  var amounts: [Int] = []
  var limit = 0
  var priorities: [Int] = []
  var jobs: Int?
  var capacity: Int?

  /// How many bodies may fail, attempts counted.
  var failures = 5
  var mayCancel = true
  /// Whether a job begins as soon as a backend has it. One that waits differs from it in nothing but what
  /// the end of a run makes of it; where sizes allow, both are gone through.
  var beginsAtOnce = true

  enum Timing: String, CaseIterable {
    case none, attempt, node, both
    var limitsAttempts: Bool { self == .attempt || self == .both }
    var limitsNodes: Bool { self == .node || self == .both }
  }

  init(_ graph: AcyclicGraph) { self.graph = graph }

  var count: Int { graph.count }
  var hasControl: Bool { jobs != nil || amounts.contains { $0 > 0 } || !priorities.isEmpty }
  func hasPolicy(_ node: Int) -> Bool { attempts(of: node) > 1 || timing != .none }
  func attempts(of node: Int) -> Int { node < attempts.count ? attempts[node] : 1 }
  func amount(of node: Int) -> Int { node < amounts.count ? amounts[node] : 0 }
  func priority(of node: Int) -> Int { node < priorities.count ? priorities[node] : 0 }
  func ignores(_ node: Int) -> Bool { ignored >> node & 1 == 1 }

  /// What a node starts after, with or without taking a value.
  func befores(_ node: Int) -> [Int] {
    AcyclicGraph.members(of: graph.inputs[node] | (node < afters.count ? afters[node] : 0))
  }

  var description: String {
    """
    \(graph.testDescription), after \(afters), \(cache), \(policy), attempts \(attempts)\
    \(waits ? " with waits" : ""), timing \(timing), ignoring \(ignored), amounts \(amounts) of \(limit), \
    priorities \(priorities), jobs \(jobs ?? 0), capacity \(capacity ?? 0)
    """
  }

  func value(_ node: Int) -> Int { node + 1 }

  private func timeout(of node: Int) -> TimeoutPolicy {
    let attempt = HeldTimer(node: node, kind: .attempt).delay
    let all = HeldTimer(node: node, kind: .node).delay
    return switch timing {
    case .none: .none
    case .attempt: .perAttempt(attempt)
    case .node: .node(all)
    case .both: .node(all, perAttempt: attempt)
    }
  }

  func makeGraph(_ bodies: RunBodies) -> Graph {
    var nodes: [Node<Int>] = []
    var handles: [AnyNode] = []
    for index in 0..<count {
      var attributes = TaskAttributes(cache: cache, priority: priority(of: index))
      let retries = attempts(of: index) - 1
      if waits {
        let delay = HeldTimer(node: index, kind: .wait).delay
        attributes.retry = .exponential(
          attempts: retries + 1, initial: delay, factor: 1, maximum: delay, jitter: 0)
      } else if retries > 0 {
        attributes.retry = .times(retries)
      }
      attributes.timeout = timeout(of: index)
      if amount(of: index) > 0 { attributes.resources = ["pool": .init(amount(of: index))] }
      let (value, inputs) = (value(index), graph.inputs(of: index))
      let made = asyncNode("n\(index)", inputs.map { nodes[$0] }, attributes) { values, context in
        let isLeft = try await bodies.run(index, attempt: context.attempt, values)
        return isLeft ? -value : value
      }
      nodes.append(made)
      var handle = made
      if index < afters.count, afters[index] != 0 {
        handle = handle.after(AcyclicGraph.members(of: afters[index]).map { nodes[$0] })
      }
      if ignores(index) { handle = handle.ignoringFailure(default: value) }
      handles.append(handle.erased)
    }
    return Graph(leaves: handles)
  }
}
