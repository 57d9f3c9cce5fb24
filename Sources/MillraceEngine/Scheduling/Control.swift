import MillraceGraph
import Synchronization

/// Who may begin in a run that says more of it than its backends do.
final class Control: Sendable {
  private struct State {
    var admission: Admission
    var memory: MemoryWatch?
  }

  /// The pools that somebody requests from, by number.
  private let pools: [String: Int]
  /// The backends that nodes name, by name.
  private let lanes: [String: Int]
  private let state: Mutex<State>

  /// - Returns: Nil for a run without pools, priorities, a job limit or a memory budget.
  /// - Throws: ``PipelineError`` with code `resources` if a node requests what there cannot be, `misuse`
  ///   for limits that cannot work.
  convenience init?(
    _ traversal: Traversal, _ table: NodeTable, default backend: any Backend,
    options: RunOptions
  ) throws {
    try Self.check(options)
    let requests = try Requests(traversal, limits: options.resources)
    guard options.jobs != nil || options.memoryBudget != nil || requests.areAny else { return nil }
    self.init(requests.pools.sorted(), table, default: backend, options: options)
  }

  private init(
    _ names: [String], _ table: NodeTable, default backend: any Backend,
    options: RunOptions
  ) {
    pools = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    // Backends of one name share a session, so they share its workers.
    var capacities = [backend.capacity]
    var lanes = [backend.name: 0]
    for case let named as any Backend in table.namedBackends where lanes[named.name] == nil {
      lanes[named.name] = capacities.count
      capacities.append(named.capacity)
    }
    self.lanes = lanes
    let admission = Admission(
      limits: names.map { options.resources[$0]?.value ?? 0 }, jobs: options.jobs,
      lanes: capacities)
    let memory = options.memoryBudget.map {
      MemoryWatch(budget: $0, resident: options.residentMemory)
    }
    state = Mutex(State(admission: admission, memory: memory))
  }

  /// - Throws: ``PipelineError`` with code `misuse` for limits that cannot work.
  static func check(_ options: RunOptions) throws {
    if let jobs = options.jobs, jobs < 1 {
      throw PipelineError(
        .misuse, "A run has at least 1 job, not \(jobs); give another number, or none.")
    }
    for (pool, limit) in options.resources.sorted(by: { $0.key < $1.key }) where limit < 0 {
      throw PipelineError(
        .misuse, "The limit of '\(pool)' is \(limit); give a number from 0 on.")
    }
  }

  /// What a node asks for.
  func demand(
    _ definition: TaskDefinition, _ attributes: NodeAttributes?, backend: String?
  ) -> Admission.Demand {
    var demand = Admission.Demand(
      priority: attributes?.priority ?? definition.attributes.priority,
      lane: backend.flatMap { lanes[$0] } ?? 0, amounts: Array(repeating: 0, count: pools.count))
    for (pool, amount) in definition.resources(attributes) {
      if let number = pools[pool] { demand.amounts[number] = amount.value }
    }
    return demand
  }

  /// - Returns: What may begin, now that these nodes are ready too.
  func offer(_ nodes: [(node: Int, demand: Admission.Demand)], isStopped: Bool) -> [Int] {
    state.withLock { state in
      state.admission.offer(nodes)
      return Self.start(&state, isStopped)
    }
  }

  /// - Returns: What may begin, now that a node has ended.
  func end(_ node: Int, isStopped: Bool) -> [Int] {
    state.withLock { $0.admission.end(node) ? Self.start(&$0, isStopped) : [] }
  }

  /// - Returns: All that wait, because the run was ended.
  func drain() -> [Int] { state.withLock { $0.admission.drain() } }

  private static func start(_ state: inout State, _ isStopped: Bool) -> [Int] {
    guard state.admission.waitingCount > 0 else { return [] }
    // They begin to no purpose but to be told that the run was ended.
    if isStopped { return state.admission.drain() }
    let isShort = state.memory?.isOver(at: .now) ?? false
    return state.admission.start(mayGrow: !isShort)
  }
}
