import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine
@testable import MillraceGraph

@Task(cache: .transient) private func seven() -> Int { 7 }
@Task(cache: .transient) private func plus(_ value: Int, _ other: Int) -> Int { value + other }
@Task(cache: .transient) private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task(cache: .transient) private func sums(_ values: [[Int]]) -> Int { values.count }
@Task(cache: .transient, ignoring: ["verbosity"])
private func quiet(_ value: Int, verbosity: Int) -> Int { value }
@Task(cache: .transient) private func size(of file: InputFile) -> Int { file.path.utf8.count }
@Task(cache: .transient, randomness: true) private func draw(_ value: Int) -> Int { value }
@Task(cache: .off) private func fresh() -> Int { 1 }
@Task(cache: .off) private func show(_ value: Int) -> String { "\(value)" }
@Task(cache: .transient) private func couple() -> Couple { Couple(first: 1, second: 2) }

private struct Couple: Codable, Sendable {
  var first: Int
  var second: Int
}

/// Transient tasks on the short way: their keys are made before the run, and are those of `RunState`.
@Suite(.timeLimit(.minutes(10))) struct FlowKeyTests {
  /// A graph, and whether its keys allow it the short way.
  struct Case: CustomTestStringConvertible {
    let name: String
    let isShort: Bool
    let graph: @Sendable () -> Graph

    init(
      _ name: String, isShort: Bool, @GraphBuilder _ nodes: @escaping @Sendable () -> Graph
    ) {
      (self.name, self.isShort) = (name, isShort)
      graph = { Graph(nodes) }
    }
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case("constants", isShort: true) { $plus(1, 2) },
    Case("constants of every length", isShort: true) {
      for constant in [0, 23, 24, 255, 256, 65_535, 65_536, 1 << 32, .max] {
        $plus(constant, -1 - constant)
      }
    },
    Case("a chain", isShort: true) { $plus($plus($seven(), 1), 2) },
    Case("a list", isShort: true) { $sum([$plus(1, 2), $plus(3, 4), $plus(5, 6)]) },
    Case("an empty list", isShort: true) { $sum([Node<Int>]()) },
    Case("a constant list", isShort: true) { $sum([1, 2, 3]) },
    Case("lists of lists", isShort: true) {
      $sums([[$plus(1, 2)].collected, [$plus(3, 4), $plus(5, 6)].collected])
    },
    Case("a task with randomness", isShort: true) { $draw($seven()) },
    Case("an uncached consumer", isShort: true) { $show($seven()) },
    Case("an ignored input without a key", isShort: true) { $quiet($seven(), verbosity: $fresh()) },
    Case("an input whose bytes decide", isShort: false) { $plus($fresh(), 1) },
    Case("a list in which one's bytes decide", isShort: false) { $sum([$seven(), $fresh()]) },
    Case("a member of a value", isShort: false) { $plus($couple().first, 1) },
    Case("equal keys", isShort: false) { $sum([$plus(1, 2), $plus(1, 2)]) },
    Case("a file", isShort: false) { $size(of: InputFile("Package.swift")) },
  ]

  private static func execution(
    _ graph: Graph, isLong: Bool = false
  ) throws -> Execution {
    var options = RunOptions()
    options.describesPlan = isLong
    options.seed = 5
    return try Execution(graph, on: .local, in: .inMemory(), options: options)
  }

  @Test(arguments: cases)
  func `a graph goes the short way if no key depends on a value`(_ each: Case) throws {
    #expect(try (Self.execution(each.graph()).flow != nil) == each.isShort)
  }

  @Test(arguments: cases.filter(\.isShort))
  func `keys are those of the state machine`(_ each: Case) throws {
    let graph = each.graph()
    let (short, long) = (try Self.execution(graph), try Self.execution(graph, isLong: true))
    try long.plan()
    short.settle()
    let keys = { (execution: Execution) in
      execution.state.withLock { state in
        state.phases.indices.map { state.keys[$0] }
      }
    }
    #expect(keys(short) == keys(long))
    #expect(keys(short).contains { $0 != nil })
  }

  @Test(arguments: cases, BackendKind.all)
  func `the run is as through the state machine`(_ each: Case, kind: BackendKind) async throws {
    var counts: [[Int]] = []
    for plugins in [[], [Plain()]] {
      let result = try await each.graph().run(
        on: kind.backend, options: .with { $0.plugins = plugins })
      counts.append([result.nodes, result.executed, result.hits])
    }
    #expect(counts[0] == counts[1])
  }

  private struct Plain: RunPlugin {}

  @Test(arguments: BackendKind.all)
  func `a task's random numbers are the same either way`(kind: BackendKind) async throws {
    func draws(_ plugins: [any RunPlugin]) async throws -> [Int] {
      let attributes = TaskAttributes(cache: .transient, randomness: true)
      let first = node("first", [], attributes) { _, context in
        var random = context.random
        return Int.random(in: 0..<1_000_000, using: &random)
      }
      let second = node("second", [first], attributes) { values, context in
        var random = context.random
        return values[0] * 1_000_000 + Int.random(in: 0..<1_000_000, using: &random)
      }
      return [
        try await second.value(
          on: kind.backend,
          options: .with {
            $0.plugins = plugins
            $0.seed = 3
          })
      ]
    }
    #expect(try await draws([]) == draws([Plain()]))
  }

  @Test func `planning that is cancelled says so`() async throws {
    let options = RunOptions.with { $0.cancellation = Cancellation() }
    options.cancellation.cancel()
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { $plus(1, 2) }.run(options: options)
    }
    #expect(error?.code == .cancelled)
  }
}
