import Millrace
import Testing

@testable import MillraceEngine

/// Elements that are not brief after all: other workers take those that were not begun.
@Suite(.timeLimit(.minutes(10))) struct ElementSharingTests {
  @Test(arguments: BackendKind.wide)
  func `an element that waits for a later one, at any step, keeps nobody from it`(
    kind: BackendKind
  ) async throws {
    // In those that combine, the later element may not be too far ahead.
    for var shape in [
      ElementShape(list: [1, 2], fold: nil), ElementShape(list: [1, 3, 7], fold: nil),
      ElementShape(list: [1, 2], fold: [3, 4]), ElementShape(list: [1], fold: [2, 5]),
    ] {
      shape.count = 6
      for element in 0..<5 {
        for step in 0..<shape.stepCount {
          try await compare(shape, .waiting(element: element, step: step), on: kind)
        }
      }
    }
  }

  @Test(arguments: BackendKind.wide)
  func `elements far behind the first are shared as well`(kind: BackendKind) async throws {
    for fold in [nil, [3, 4]] {
      let shape = ElementShape(list: [1, 2], fold: fold, count: 64)
      try await compare(shape, .waiting(element: 45, step: 1), on: kind)
    }
  }

  private func compare(
    _ shape: ElementShape, _ event: ElementPlay.Event, on kind: BackendKind
  ) async throws {
    var populations = Populations()
    var outcomes: [ElementPlay.Outcome] = []
    for shortest in [1, Int.max] {
      var (outcome, population) = try await ElementPlay.outcome(
        shape, event, on: kind.backend, shortest: shortest)
      populations.add(population, of: "\(shape.testDescription), \(event)")
      #expect(outcome.status == .succeeded)
      outcome.calls.sort()
      outcomes.append(outcome)
    }
    #expect(outcomes[0] == outcomes[1], "\(shape.testDescription), \(event)")
    #expect(await populations.remaining() == [])
  }

  @Test(arguments: BackendKind.wide)
  func `elements that take long are shared between workers`(kind: BackendKind) async throws {
    let list = ForEach(Array(0..<2000)) { $grain($0) }
    let sums = [$total(list), ForEach(Array(0..<2000)) { $grain($0) }.reduce(0) { $plus($0, $1) }]
    for sum in sums {
      #expect(try await sum.value(on: kind.backend) == 1999 * 1000)
    }
  }

  @Test func `a pace is long after two windows of long elements`() {
    var pace = ElementPace()
    var verdicts: Set<ElementPace.Verdict> = []
    var done = 0
    while !verdicts.contains(.long) && done < 1000 {
      _ = grain(7)
      done += 1
      verdicts.insert(pace.verdict(after: done))
    }
    #expect(verdicts.contains(.long) && verdicts.contains(.look))
  }
}

/// Some 20 µs and more.
@Task(cache: .off) private func grain(_ value: Int) -> Int {
  var x = UInt64(value)
  for _ in 0..<20_000 { x = x &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
  return x == 1 ? 0 : value
}
@Task(cache: .off) private func plus(_ left: Int, _ right: Int) -> Int { left + right }
@Task(cache: .off) private func total(_ values: [Int]) -> Int { values.reduce(0, +) }
