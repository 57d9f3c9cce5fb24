import MillraceTesting
import Synchronization
import Testing

@testable import Millrace
@testable import MillraceEngine

@Task private func list(_ count: Int, scope: String) -> [Int] {
  Readings.take(scope)
  return Array(0..<count)
}
@Task private func square(_ value: Int, scope: String) -> Int {
  Readings.take(scope)
  return value * value
}
@Task private func isLarge(_ value: Int, scope: String) -> Bool {
  Readings.take(scope)
  return value > 3
}
@Task private func next(_ value: Int, scope: String) -> Int {
  Readings.take(scope)
  return value + 1
}

/// What gauges say while bodies run, by the test.
private enum Readings {
  private static let gauges = Mutex<[String: RunGauge]>([:])
  private static let taken = Mutex<[String: [RunGauge.Reading?]]>([:])

  static func take(_ scope: String) {
    let reading = gauges.withLock { $0[scope] }?.reading()
    taken.withLock { $0[scope, default: []].append(reading) }
  }

  static func of(_ scope: String) -> [RunGauge.Reading?] { taken.withLock { $0[scope] ?? [] } }

  static func options(_ scope: String, _ gauge: RunGauge) -> RunOptions {
    gauges.withLock { $0[scope] = gauge }
    return .with {
      $0.gauge = gauge
      // As where there is a display.
      $0.observers = [EventRecorder()]
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct RunGaugeTests {
  private let gauge = RunGauge()

  @Test(arguments: BackendKind.all)
  func `a list makes more to do once it is known`(kind: BackendKind) async throws {
    let scope = "list \(kind.testDescription)"
    let graph = Graph { ForEach($list(3, scope: scope)) { $square($0, scope: scope) } }
    #expect(gauge.reading() == nil)
    try await graph.run(on: kind.backend, options: Readings.options(scope, gauge))
    #expect(
      Readings.of(scope) == [.init(nodes: 1, mayGrow: true)]
        + Array(repeating: .init(nodes: 4, mayGrow: false), count: 3))
    #expect(gauge.reading() == nil)
    #expect(gauge.pending(limit: 100) == nil)
  }

  @Test func `lists inside of lists are counted when they are known`() async throws {
    let scope = "nested"
    let graph = Graph {
      ForEach($list(2, scope: scope)) { outer in
        ForEach($list(outer, scope: scope)) { $square($0, scope: scope) }
      }
    }
    try await graph.run(on: .local, options: Readings.options(scope, gauge))
    // A list, two lists of none and one, and the square of the one.
    let readings = Readings.of(scope).compactMap { $0 }
    #expect(readings.first == .init(nodes: 1, mayGrow: true))
    #expect(readings.last == .init(nodes: 4, mayGrow: false))
    #expect(readings.count == 4)
    #expect(readings.dropLast().allSatisfy { $0.mayGrow })
  }

  @Test func `a repetition may go on until its condition holds`() async throws {
    let scope = "repeat"
    let end = Repeat(from: $next(1, scope: scope), limit: 9, until: { $isLarge($0, scope: scope) })
    {
      $next($0, scope: scope)
    }
    let graph = Graph { $square(end, scope: scope).named("last") }
    try await graph.run(on: .local, options: Readings.options(scope, gauge))
    let readings = Readings.of(scope).compactMap { $0 }
    #expect(readings.dropLast().allSatisfy { $0.mayGrow })
    #expect(readings.last?.mayGrow == false)
    #expect(zip(readings, readings.dropFirst()).allSatisfy { $0.nodes <= $1.nodes })
  }

  @Test(arguments: BackendKind.all)
  func `a graph of known nodes has a total from the start, and says what is pending`(
    kind: BackendKind
  ) async throws {
    let seen = Mutex<[[String]]>([])
    let gauge = gauge
    let graph = Graph {
      let a = node("a") { _, _ in
        seen.withLock { $0.append((gauge.pending(limit: 9) ?? []).map(\.name).sorted()) }
        #expect(gauge.reading() == .init(nodes: 3, mayGrow: false))
        return 1
      }
      let b = node("b", [a]) { _, _ in
        seen.withLock { $0.append((gauge.pending(limit: 9) ?? []).map(\.name).sorted()) }
        #expect(gauge.pending(limit: 1) == nil)
        return 2
      }
      node("c", [b])
    }
    try await graph.run(
      on: kind.backend,
      options: .with {
        $0.gauge = gauge
        $0.observers = [EventRecorder()]
      })
    #expect(seen.withLock { $0 } == [["a", "b", "c"], ["b", "c"]])
  }
}

@Suite(.timeLimit(.minutes(10))) struct ExplainedRunTests {
  private func graph(_ version: Int) -> Graph {
    Graph {
      let a = node("a", [], TaskAttributes(version: version)) { _, _ in version }
      let t = node("t", [a], TaskAttributes(cache: .transient))
      let off = node("off", [], TaskAttributes(cache: .off))
      node("b", [t])
      node("c", [a])
      node("d", [off])
    }
  }

  private func explanations(
    _ version: Int, _ kind: BackendKind, in store: ArtifactStore, explains: Bool = true
  ) async throws -> [String: String] {
    let recorder = EventRecorder()
    try await graph(version).run(
      on: kind.backend, in: store,
      options: .with {
        $0.explainsNodes = explains
        $0.observers = [recorder]
      })
    var result: [String: String] = [:]
    for case .nodeFinished(let report) in recorder.events {
      result[report.name] = report.explanation
    }
    return result
  }

  @Test(arguments: BackendKind.all)
  func `each node that ran says why, and no other`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let new = "no earlier result"
    let first = try await explanations(1, kind, in: store)
    #expect(
      first == [
        "a": new, "b": new, "c": new, "d": new, "t": "kept in memory only", "off": "not cached",
      ])
    let second = try await explanations(1, kind, in: store)
    #expect(second == ["off": "not cached"])
    let changed = try await explanations(2, kind, in: store)
    #expect(changed["a"] == "changed: version 1 → 2")
    // A plan can only say of it that it waits.
    #expect(changed["c"]?.hasPrefix("changed: ") == true)
    #expect(changed["d"] == nil)
    let silent = try await explanations(3, kind, in: store, explains: false)
    #expect(silent.isEmpty)
  }
}
