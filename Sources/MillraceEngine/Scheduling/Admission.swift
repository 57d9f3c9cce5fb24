/// Which of the nodes that are ready may begin: a state machine without a lock, a thread or a clock.
///
/// Nodes are offered when they are ready, and ended when their body is; ``start(mayGrow:)`` says which
/// begin. They go by priority, then in their backend's order. A request is met all at once or not at
/// all, and pools are never over-drawn.
///
/// **Who does not fit reserves.** What is free of the pools that it requests is kept from all that
/// come after it, so those only take what is left beside it. Nodes that become ready later may come
/// before it, in the order of a backend; once a smaller one of them does, the waiting one is *owed*,
/// and nothing of its priority comes before it again. So a large request waits for what runs, and not
/// for all the small ones there will be.
///
/// Nodes of one priority, backend and request are alike, and wait in one queue.
struct Admission {
  /// What a node asks for.
  struct Demand: Hashable {
    var priority = 0
    /// The backend, by number.
    var lane = 0
    /// By pool, as in `limits`; at most the limit.
    var amounts: [Int]
  }

  private struct Lane {
    let capacity: BackendCapacity
    var running = 0
    var isFull: Bool { capacity.bodies.map { running >= $0 } ?? false }
  }

  private struct Queue {
    let demand: Demand
    var waiting: WaitingNodes
    /// Since when it is owed.
    var owed: Int?
  }

  /// What a node holds. More than one of its bodies may run: one that was given up goes on until it
  /// returns, while the next attempt runs.
  private struct Holding {
    let queue: Int
    var bodies = 0
  }

  /// What is left of each pool.
  private(set) var free: [Int]
  private(set) var waitingCount = 0
  private let jobs: Int
  private var lanes: [Lane]
  private var queues: [Queue] = []
  private var queueNumbers: [Demand: Int] = [:]
  /// How many bodies run.
  private(set) var runningCount = 0
  private var holdings: [Int: Holding] = [:]
  private var arrivals = 0
  private var debts = 0

  /// - Parameters:
  ///   - limits: How much there is of each pool.
  ///   - jobs: How many nodes run at once; nil for any number.
  init(limits: [Int], jobs: Int? = nil, lanes: [BackendCapacity]) {
    free = limits
    self.jobs = jobs ?? .max
    self.lanes = lanes.map { Lane(capacity: $0) }
  }

  /// Takes in nodes that became ready together.
  mutating func offer(_ nodes: [(node: Int, demand: Demand)]) {
    arrivals += 1
    waitingCount += nodes.count
    for (node, demand) in nodes {
      queues[queueNumber(demand)].waiting.insert(.init(node: node, arrival: arrivals))
    }
  }

  private mutating func queueNumber(_ demand: Demand) -> Int {
    if let number = queueNumbers[demand] { return number }
    let order = lanes[demand.lane].capacity.order
    queues.append(Queue(demand: demand, waiting: WaitingNodes(order: order)))
    queueNumbers[demand] = queues.count - 1
    return queues.count - 1
  }

  /// Gives back what a body of a node held.
  ///
  /// - Returns: False if none was running.
  mutating func end(_ node: Int) -> Bool {
    guard let holding = holdings[node] else { return false }
    if holding.bodies == 1 { holdings[node] = nil } else { holdings[node]?.bodies -= 1 }
    runningCount -= 1
    let demand = queues[holding.queue].demand
    lanes[demand.lane].running -= 1
    for (pool, amount) in demand.amounts.enumerated() { free[pool] += amount }
    return true
  }

  /// Takes every waiting node out, because the run was ended.
  ///
  /// - Returns: The nodes, in declaration order. They hold nothing.
  mutating func drain() -> [Int] {
    defer { waitingCount = 0 }
    let nodes = queues.flatMap(\.waiting.nodes).sorted()
    for number in queues.indices { queues[number].waiting.removeAll() }
    return nodes
  }

  /// - Parameter mayGrow: False while memory is short: then a node begins only if none runs.
  /// - Returns: The nodes that begin, the first one first. They hold what they requested.
  mutating func start(mayGrow: Bool = true) -> [Int] {
    var started: [Int] = []
    // What is free and not reserved.
    var available = free
    var isRefused = Array(repeating: false, count: queues.count)
    while waitingCount > 0, runningCount < jobs, mayGrow || runningCount == 0,
      let number = next(isRefused)
    {
      let amounts = queues[number].demand.amounts
      if zip(amounts, available).allSatisfy({ $0 <= $1 }) {
        for pool in amounts.indices { available[pool] -= amounts[pool] }
        let entry = begin(number)
        started.append(entry.node)
        note(entry, from: number, isRefused)
      } else {
        for pool in amounts.indices { available[pool] -= min(available[pool], amounts[pool]) }
        isRefused[number] = true
      }
    }
    return started
  }

  private mutating func begin(_ number: Int) -> WaitingNodes.Entry {
    let entry = queues[number].waiting.removeFirst()
    let demand = queues[number].demand
    queues[number].owed = nil
    waitingCount -= 1
    runningCount += 1
    holdings[entry.node, default: Holding(queue: number)].bodies += 1
    lanes[demand.lane].running += 1
    for pool in demand.amounts.indices { free[pool] -= demand.amounts[pool] }
    return entry
  }

  /// Notes who is owed because a node began.
  private mutating func note(_ entry: WaitingNodes.Entry, from number: Int, _ isRefused: [Bool]) {
    guard runningCount < jobs else { return }
    let demand = queues[number].demand
    for other in queues.indices where other != number && !isRefused[other] {
      let passed = queues[other]
      guard passed.owed == nil, passed.demand.priority == demand.priority,
        let first = passed.waiting.first, first.arrival < entry.arrival,
        !lanes[passed.demand.lane].isFull
      else { continue }
      let isOwed = demand.amounts.indices.contains { pool in
        let (taken, wanted) = (demand.amounts[pool], passed.demand.amounts[pool])
        return taken > 0 && taken < wanted && free[pool] < wanted
      }
      guard isOwed else { continue }
      debts += 1
      queues[other].owed = debts
    }
  }

  // MARK: Order

  /// The queue whose first node is next: of each lane's first one, the first.
  private func next(_ isRefused: [Bool]) -> Int? {
    var firsts: [Int?] = Array(repeating: nil, count: lanes.count)
    for number in queues.indices where !isRefused[number] && queues[number].waiting.first != nil {
      let lane = queues[number].demand.lane
      guard !lanes[lane].isFull else { continue }
      if firsts[lane].map({ precedes(number, $0) }) ?? true { firsts[lane] = number }
    }
    return firsts.compactMap { $0 }.min(by: precedes)
  }

  private func precedes(_ first: Int, _ second: Int) -> Bool {
    let (one, two) = (queues[first], queues[second])
    if one.demand.priority != two.demand.priority {
      return one.demand.priority > two.demand.priority
    }
    if one.owed != two.owed { return (one.owed ?? .max) < (two.owed ?? .max) }
    guard let head = one.waiting.first, let other = two.waiting.first else { return false }
    // Backends may have different orders; between them it is that of declaration.
    return one.demand.lane == two.demand.lane
      ? one.waiting.precedes(head, other) : head.node < other.node
  }
}
