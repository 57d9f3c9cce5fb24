import Testing

@testable import MillraceEngine

/// Every order of a few requests: in which they become ready, and in which they end.
@Suite(.timeLimit(.minutes(10))) struct AdmissionExhaustiveTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var limits: [Int]
    var requests: [Admission.Demand]
    var jobs: Int?
    var lane: BackendCapacity
    var testDescription: String {
      let requests = requests.map { "\($0.priority):\($0.amounts)" }
      return "\(requests), jobs \(jobs ?? 0), \(lane)"
    }
  }

  private static func demand(_ amounts: [Int], _ priority: Int = 0) -> Admission.Demand {
    Admission.Demand(priority: priority, amounts: amounts)
  }

  static let settings: [Setting] = {
    let mixes: [[Admission.Demand]] = [
      [demand([1, 0]), demand([1, 0]), demand([2, 0]), demand([3, 1]), demand([0, 1])],
      [demand([3, 2]), demand([3, 2]), demand([3, 2]), demand([1, 1]), demand([0, 0])],
      [
        demand([1, 1]), demand([2, 1], 1), demand([3, 0]), demand([0, 2], -1), demand([2, 2], 1),
      ],
      [demand([2, 0]), demand([2, 0]), demand([0, 2]), demand([1, 1]), demand([3, 2], 1)],
    ]
    let lanes: [(BackendCapacity, jobs: Int?)] = [
      (BackendCapacity(order: .newestFirst), nil), (BackendCapacity(), 2),
      (BackendCapacity(bodies: 2, order: .newestFirst), nil), (BackendCapacity(bodies: 1), nil),
    ]
    return mixes.flatMap { requests in
      lanes.map { Setting(limits: [3, 2], requests: requests, jobs: $0.jobs, lane: $0.0) }
    }
  }()

  /// One place in the tree of all that can happen.
  private struct Place {
    var admission: Admission
    /// Not yet ready, running, and ended, by bit.
    var absent: Int
    var running = 0
    var ended = 0
  }

  @Test(arguments: settings)
  func `pools are never over-drawn, and everything runs once, in every order`(
    setting: Setting
  ) {
    let count = setting.requests.count
    let all = (1 << count) - 1
    var pending = [
      Place(
        admission: Admission(limits: setting.limits, jobs: setting.jobs, lanes: [setting.lane]),
        absent: all)
    ]
    var finished = 0
    var faults: [String] = []
    while let place = pending.popLast(), faults.isEmpty {
      if place.ended == all {
        finished += 1
        if place.admission.free != setting.limits { faults.append("not all was given back") }
      }
      if place.running == 0 && place.absent == 0 && place.ended != all { faults.append("stuck") }
      for node in 0..<count {
        let bit = 1 << node
        guard place.absent & bit != 0 || place.running & bit != 0 else { continue }
        var next = place
        if place.absent & bit != 0 {
          next.absent -= bit
          next.admission.offer([(node, setting.requests[node])])
        } else {
          next.running -= bit
          next.ended += bit
          if !next.admission.end(node) { faults.append("\(node) was not running") }
        }
        for started in next.admission.start() {
          let bit = 1 << started
          if (next.absent | next.running | next.ended) & bit != 0 {
            faults.append("\(started) began when it was not ready")
          }
          next.running |= bit
        }
        check(next, setting, &faults)
        pending.append(next)
      }
    }
    #expect(faults == [])
    #expect(finished > 0)
  }

  /// Compares with sums that are made anew.
  private func check(_ place: Place, _ setting: Setting, _ faults: inout [String]) {
    let running = setting.requests.indices.filter { place.running & (1 << $0) != 0 }
    let free = setting.limits.indices.map { pool in
      setting.limits[pool] - running.reduce(0) { $0 + setting.requests[$1].amounts[pool] }
    }
    if free.contains(where: { $0 < 0 }) { faults.append("over-drawn by \(running)") }
    if free != place.admission.free { faults.append("\(place.admission.free) is not \(free)") }
    if running.count > min(setting.jobs ?? .max, setting.lane.bodies ?? .max) {
      faults.append("too many run: \(running)")
    }
    let waiting = setting.requests.indices.filter {
      (place.absent | place.running | place.ended) & (1 << $0) == 0
    }
    if waiting.count != place.admission.waitingCount { faults.append("miscounted \(waiting)") }
    if running.isEmpty && !waiting.isEmpty { faults.append("\(waiting) wait for nothing") }
  }

  @Test(arguments: 2...5, [0, 1])
  func `a large request waits for what runs, whatever comes`(limit: Int, withGPU: Int) {
    // At each end a new small request is there first; every order of the ends.
    let lane = BackendCapacity(order: .newestFirst)
    var admission = Admission(limits: [limit, 1], lanes: [lane])
    let small = Admission.Demand(amounts: [1, 0])
    admission.offer((0..<limit).map { ($0, small) })
    let first = admission.start()
    let large = 100
    admission.offer([(large, Admission.Demand(amounts: [limit, withGPU]))])
    var pending = [(admission: admission, running: first, next: limit, ends: 0)]
    while let place = pending.popLast() {
      for ended in place.running {
        var next = place
        next.admission.offer([(next.next, small)])
        next.next += 1
        _ = next.admission.end(ended)
        let started = next.admission.start()
        next.running = next.running.filter { $0 != ended } + started
        next.ends += 1
        if started.contains(large) { continue }
        // One passes it, then it is owed: it begins when those have ended that ran by then.
        #expect(next.ends <= limit)
        if next.ends <= limit { pending.append(next) }
      }
    }
  }
}
