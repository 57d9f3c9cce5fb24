import Testing

@testable import MillraceEngine

/// The order in which nodes begin, and who waits for whom.
struct AdmissionTests {
  private func demand(_ amounts: Int..., priority: Int = 0, lane: Int = 0) -> Admission.Demand {
    Admission.Demand(priority: priority, lane: lane, amounts: amounts)
  }

  private func admission(
    _ limits: [Int], jobs: Int? = nil,
    _ lanes: [BackendCapacity] = [BackendCapacity(order: .declaration)]
  ) -> Admission {
    Admission(limits: limits, jobs: jobs, lanes: lanes)
  }

  private func expectEnd(
    _ node: Int, in admission: inout Admission, held: Bool = true,
    at location: SourceLocation = #_sourceLocation
  ) {
    let wasHeld = admission.end(node)
    #expect(wasHeld == held, sourceLocation: location)
  }

  private func expect(
    _ admission: inout Admission, starts nodes: [Int], mayGrow: Bool = true,
    at location: SourceLocation = #_sourceLocation
  ) {
    let started = admission.start(mayGrow: mayGrow)
    #expect(started == nodes, sourceLocation: location)
  }

  @Test func `a request is met all at once or not at all`() {
    var admission = admission([2, 2])
    admission.offer([(0, demand(2, 1)), (1, demand(1, 1))])
    expect(&admission, starts: [0])
    #expect(admission.free == [0, 1])
    expectEnd(0, in: &admission)
    expect(&admission, starts: [1])
    #expect(admission.free == [1, 1])
  }

  @Test func `what was given back once is not given back again`() {
    var admission = admission([1])
    admission.offer([(0, demand(1))])
    expect(&admission, starts: [0])
    expectEnd(0, in: &admission)
    expectEnd(0, in: &admission, held: false)
    expectEnd(7, in: &admission, held: false)
    #expect(admission.free == [1])
  }

  @Test(arguments: [
    (BackendCapacity.Order.declaration, [4, 0, 1, 2, 3]), (.newestFirst, [4, 1, 0, 3, 2]),
  ])
  func `higher priorities go first, and ties in the order of the backend`(
    order: BackendCapacity.Order, expected: [Int]
  ) {
    var admission = admission([], jobs: 1, [BackendCapacity(order: order)])
    admission.offer([(0, demand(priority: 1)), (2, demand())])
    admission.offer([(3, demand()), (1, demand(priority: 1))])
    admission.offer([(4, demand(priority: 2))])
    var started = admission.start()
    while let last = started.last, admission.waitingCount > 0 {
      expectEnd(last, in: &admission)
      started += admission.start()
    }
    #expect(started == expected)
  }

  @Test func `a node that is tried again beside a body that was given up holds twice`() {
    var admission = admission([3], jobs: 3)
    admission.offer([(0, demand(1))])
    expect(&admission, starts: [0])
    admission.offer([(0, demand(1))])
    expect(&admission, starts: [0])
    #expect(admission.free == [1] && admission.runningCount == 2)
    expectEnd(0, in: &admission)
    expectEnd(0, in: &admission)
    expectEnd(0, in: &admission, held: false)
    #expect(admission.free == [3] && admission.runningCount == 0)
  }

  @Test func `nodes that became ready together go in declaration order`() {
    var admission = admission([], [BackendCapacity(order: .newestFirst)])
    admission.offer([(3, demand()), (1, demand()), (2, demand())])
    expect(&admission, starts: [1, 2, 3])
  }

  @Test func `who does not fit reserves what is free of its pools, and no more`() {
    var admission = admission([4, 4])
    admission.offer([(0, demand(2, 0)), (1, demand(4, 1)), (2, demand(1, 0)), (3, demand(0, 3))])
    // 1 keeps the rest of the first pool, and one of the second; 3 takes the other three.
    expect(&admission, starts: [0, 3])
    expectEnd(3, in: &admission)
    expect(&admission, starts: [])
    expectEnd(0, in: &admission)
    expect(&admission, starts: [1])
    expectEnd(1, in: &admission)
    expect(&admission, starts: [2])
  }

  @Test func `small requests that come later pass a large one once`() {
    var admission = admission([4], [BackendCapacity(order: .newestFirst)])
    admission.offer((0..<4).map { ($0, demand(1)) })
    expect(&admission, starts: [0, 1, 2, 3])
    admission.offer([(4, demand(4))])
    expect(&admission, starts: [])
    admission.offer([(5, demand(1))])
    expectEnd(0, in: &admission)
    expect(&admission, starts: [5])
    // Now it is owed: whatever comes, what is given back is kept for it.
    for (ended, newcomer) in [(1, 6), (2, 7), (3, 8)] {
      admission.offer([(newcomer, demand(1))])
      expectEnd(ended, in: &admission)
      expect(&admission, starts: [])
    }
    expectEnd(5, in: &admission)
    expect(&admission, starts: [4])
    expectEnd(4, in: &admission)
    expect(&admission, starts: [8, 7, 6])
  }

  @Test func `a small request is not owed because a large one came first`() {
    var admission = admission([2], [BackendCapacity(order: .newestFirst)])
    admission.offer([(0, demand(2))])
    expect(&admission, starts: [0])
    admission.offer([(1, demand(1))])
    admission.offer([(2, demand(2))])
    expectEnd(0, in: &admission)
    expect(&admission, starts: [2])
    admission.offer([(3, demand(2))])
    expectEnd(2, in: &admission)
    expect(&admission, starts: [3])
    expectEnd(3, in: &admission)
    expect(&admission, starts: [1])
  }

  @Test func `a higher priority passes one that is owed`() {
    var admission = admission([2], [BackendCapacity(order: .newestFirst)])
    admission.offer([(0, demand(1)), (1, demand(1))])
    expect(&admission, starts: [0, 1])
    admission.offer([(2, demand(2))])
    admission.offer([(3, demand(1))])
    expectEnd(0, in: &admission)
    expect(&admission, starts: [3])
    admission.offer([(4, demand(1, priority: 1))])
    expectEnd(1, in: &admission)
    expect(&admission, starts: [4])
    expectEnd(3, in: &admission)
    expect(&admission, starts: [])
    expectEnd(4, in: &admission)
    expect(&admission, starts: [2])
  }

  @Test func `a backend gets no more than it runs at once, and others do not wait for it`() {
    var admission = admission(
      [2],
      [
        BackendCapacity(bodies: 1, order: .declaration),
        BackendCapacity(bodies: 2, order: .newestFirst),
      ])
    admission.offer([
      (0, demand(1)), (1, demand(1)), (2, demand(0, lane: 1)), (3, demand(1, lane: 1)),
      (4, demand(0, lane: 1)),
    ])
    // 1 waits for a worker, so it keeps nothing from 3.
    expect(&admission, starts: [0, 2, 3])
    expectEnd(0, in: &admission)
    expect(&admission, starts: [1])
    expectEnd(3, in: &admission)
    expect(&admission, starts: [4])
  }

  @Test func `while memory is short a node begins only if none runs`() {
    var admission = admission([])
    admission.offer((0..<3).map { ($0, demand()) })
    expect(&admission, starts: [0], mayGrow: false)
    expect(&admission, starts: [], mayGrow: false)
    expectEnd(0, in: &admission)
    expect(&admission, starts: [1], mayGrow: false)
    expect(&admission, starts: [2], mayGrow: true)
  }

  @Test func `a run that is ended lets all go, and they hold nothing`() {
    var admission = admission([1], jobs: 1)
    admission.offer([(2, demand(1)), (0, demand(1)), (1, demand(0, priority: 1))])
    expect(&admission, starts: [1])
    let drained = admission.drain()
    #expect(drained == [0, 2])
    #expect(admission.waitingCount == 0)
    #expect(admission.free == [1])
    expectEnd(0, in: &admission, held: false)
    expectEnd(1, in: &admission)
    expect(&admission, starts: [])
  }
}
