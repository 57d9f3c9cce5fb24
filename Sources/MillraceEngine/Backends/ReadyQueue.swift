/// The jobs that wait for a worker, in one of two orders.
struct ReadyQueue {
  enum Order: Sendable {
    /// Lowest rank first: declaration order.
    case declaration
    /// Newest first, so that a branch is finished before the next begins and few values are alive.
    case depthFirst
  }

  private let order: Order
  // A binary heap by rank, or a stack.
  private var jobs: [BackendJob] = []

  init(order: Order) { self.order = order }

  var count: Int { jobs.count }

  /// - Complexity: O(*k*) for *k* jobs depth-first, O(*k* log *n*) in declaration order.
  mutating func push(_ added: [BackendJob]) {
    switch order {
    case .depthFirst:
      // Reversed, so that of jobs that became ready together the first declared runs first.
      jobs.append(contentsOf: added.reversed())
    case .declaration:
      for job in added {
        jobs.append(job)
        siftUp()
      }
    }
  }

  mutating func pop() -> BackendJob? {
    guard order == .declaration, jobs.count > 1 else { return jobs.popLast() }
    jobs.swapAt(0, jobs.count - 1)
    defer { siftDown() }
    return jobs.removeLast()
  }

  private mutating func siftUp() {
    var child = jobs.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard jobs[child].rank < jobs[parent].rank else { return }
      jobs.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < jobs.count else { return }
      let right = left + 1
      let child = right < jobs.count && jobs[right].rank < jobs[left].rank ? right : left
      guard jobs[child].rank < jobs[parent].rank else { return }
      jobs.swapAt(child, parent)
      parent = child
    }
  }
}
