import Millrace

private let steps = 11_700

@Task(cache: .off) func grain(_ index: UInt64) -> UInt64 { ground(index) }
@Task(cache: .off) func asyncGrain(_ index: UInt64) async -> UInt64 { ground(index) }
@Task(cache: .off) func exclusiveOr(_ values: [UInt64]) -> UInt64 { values.reduce(0, ^) }

/// About 20 µs of arithmetic. The shift keeps a compiler from folding several steps into one.
@inline(never)
private func ground(_ index: UInt64) -> UInt64 {
  var value = index
  for _ in 0..<steps {
    value = 6_364_136_223_846_793_005 &* value &+ 1_442_695_040_888_963_407
    value ^= value >> 29
  }
  return value
}

/// W4: independent tasks that compute, as in a real pipeline of small ones.
struct Grains: Workload {
  let count: Int
  let isAsync: Bool

  func leaves() -> [Node<UInt64>] {
    let isAsync = isAsync
    return [
      $exclusiveOr((0..<UInt64(count)).map { isAsync ? $asyncGrain($0) : $grain($0) })
    ]
  }

  func check(_ values: [UInt64]) -> UInt64 { values.reduce(0, ^) }

  /// Runs the same loop by itself in the same process, to compare with.
  func describe(_ outcome: Outcome, in report: inout Report) {
    let clock = ContinuousClock()
    let started = clock.now
    let check = (0..<UInt64(count)).reduce(0) { $0 ^ ground($1) }
    let serial = started.duration(to: clock.now)
    report.set("serial_s", serial)
    report.set("speedup", serial / outcome.runTime)
    report.set("serial_ok", check == outcome.check)
  }
}
