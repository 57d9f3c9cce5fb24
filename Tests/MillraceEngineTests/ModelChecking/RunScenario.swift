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

  init(_ graph: AcyclicGraph) { self.graph = graph }

  var count: Int { graph.count }
  var hasControl: Bool { jobs != nil || amounts.contains { $0 > 0 } || !priorities.isEmpty }
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
    \(waits ? " with waits" : ""), ignoring \(ignored), amounts \(amounts) of \(limit), \
    priorities \(priorities), jobs \(jobs ?? 0), capacity \(capacity ?? 0)
    """
  }

  func value(_ node: Int) -> Int { node + 1 }

  func makeGraph(_ bodies: RunBodies) -> Graph {
    var nodes: [Node<Int>] = []
    var handles: [AnyNode] = []
    for index in 0..<count {
      var attributes = TaskAttributes(cache: cache, priority: priority(of: index))
      let retries = attempts(of: index) - 1
      if waits {
        attributes.retry = .exponential(attempts: retries + 1, jitter: 0)
      } else if retries > 0 {
        attributes.retry = .times(retries)
      }
      if amount(of: index) > 0 { attributes.resources = ["pool": .init(amount(of: index))] }
      let (value, inputs) = (value(index), graph.inputs(of: index))
      let made = asyncNode("n\(index)", inputs.map { nodes[$0] }, attributes) { values, context in
        try await bodies.run(index, attempt: context.attempt, values)
        return value
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

/// The bodies of a run that wait, once begun, until a test ends them.
final class RunBodies: Sendable {
  struct Begin {
    var node: Int
    var attempt: Int
    var values: [Int]
  }

  private struct State {
    var begun: [Begin] = []
    var active: [Int: CheckedContinuation<Void, any Error>] = [:]
  }

  private let state = Mutex(State())

  func run(_ node: Int, attempt: Int, _ values: [Int]) async throws {
    try await withCheckedThrowingContinuation { continuation in
      state.withLock {
        $0.begun.append(Begin(node: node, attempt: attempt, values: values))
        $0.active[node] = continuation
      }
    }
  }

  /// Those that have begun since the last call.
  func takeBegun() -> [Begin] {
    state.withLock { state in
      defer { state.begun = [] }
      return state.begun
    }
  }

  var active: [Int] { state.withLock { $0.active.keys.sorted() } }

  func end(_ node: Int, _ error: (any Error)?) {
    guard let body = state.withLock({ $0.active.removeValue(forKey: node) }) else { return }
    if let error { body.resume(throwing: error) } else { body.resume() }
  }
}
