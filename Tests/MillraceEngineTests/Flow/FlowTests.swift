import Dispatch
import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

/// Graphs of tasks that are not stored, which run by counters alone: both ways must say the same.
@Suite(.timeLimit(.minutes(10))) struct FlowTests {
  private struct Broken: Error {}

  /// How the nodes of a graph are made.
  enum Form: CaseIterable {
    /// Each by itself.
    case apart
    /// In one `Graph { … }`, in which a flow is made without a table of nodes.
    case together
    /// The same, every second with an asynchronous body.
    case asynchronous
  }

  /// What is said of the nodes' values.
  enum Policy: CaseIterable {
    case off, transient
    /// The later half takes values without keys of its own.
    case transientThenOff

    func cache(_ index: Int, of count: Int) -> CachePolicy {
      switch self {
      case .off: .off
      case .transient: .transient
      case .transientThenOff: 2 * index < count ? .transient : .off
      }
    }
  }

  /// Node *i* takes the nodes in the bits of `inputs[i]`, all below *i*.
  private static func graph(
    _ inputs: [Int], failing: Int?, _ calls: Calls, form: Form = .apart, policy: Policy = .off
  ) -> Graph {
    func nodes() -> [Node<Int>] {
      var nodes: [Node<Int>] = []
      for index in inputs.indices {
        let attributes = TaskAttributes(cache: policy.cache(index, of: inputs.count))
        let sources = (0..<index).filter { inputs[index] >> $0 & 1 == 1 }.map { nodes[$0] }
        let body: @Sendable ([Int], TaskContext) throws -> Int = { values, _ in
          if index == failing { throw Broken() }
          return values.reduce(100 + index) { ($0 * 31 + $1) % 1_000_003 }
        }
        if form == .asynchronous && index % 2 == 1 {
          nodes.append(
            asyncNode("n\(index)", sources, attributes, calls: calls) { values, context in
              await Task.yield()
              return try body(values, context)
            })
        } else {
          nodes.append(node("n\(index)", sources, attributes, calls: calls, body: body))
        }
      }
      return nodes
    }
    return form == .apart ? Graph(leaves: nodes().map(\.erased)) : Graph { nodes() }
  }

  private static func shapes(_ count: Int) -> [[Int]] {
    (0..<(1 << (count * (count - 1) / 2))).map { bits in
      var rest = bits
      return (0..<count).map { node in
        defer { rest >>= node }
        return rest & ((1 << node) - 1)
      }
    }
  }

  /// How a graph is run.
  private enum Way: CaseIterable {
    case short, watched
    /// Through `RunState`.
    case long
  }

  private struct Plain: RunPlugin {}

  private struct Outcome: Equatable {
    var states: [NodeReport.State]
    var calls: [String]
    var status: RunStatus
    /// What observers were told of nodes, sorted; nil where there are none.
    var told: [String]?
  }

  private static func outcome(
    _ graph: (Calls) -> Graph, on backend: any Backend, _ way: Way
  ) async throws -> Outcome {
    let (calls, recorder) = (Calls(), EventRecorder())
    let result = try await graph(calls).run(
      on: backend,
      options: .with {
        $0.failurePolicy = .keepGoing
        if way != .short { $0.observers = [recorder] }
        if way == .long { $0.plugins = [Plain()] }
      })
    let told = recorder.events.compactMap { event in
      switch event {
      case .nodeStarted(let start): "start \(start.name)"
      case .nodeFinished(let report): "\(report.state) \(report.name) \(report.attempts)"
      default: nil
      }
    }
    return Outcome(
      states: result.reports().map(\.state), calls: calls.names.sorted(), status: result.status,
      told: way == .short ? nil : told.sorted())
  }

  @Test(arguments: Form.allCases)
  func `every graph ends as it does through the state machine, whatever fails`(
    form: Form
  ) async throws {
    for count in 1...4 {
      for (number, shape) in Self.shapes(count).enumerated() {
        for failing in [nil] + (0..<count).map({ Optional($0) }) {
          // Of four nodes, each failure is gone through with each shape, on one backend after another.
          let place = (number + (failing ?? 4)) % BackendKind.all.count
          let kinds = count < 4 ? BackendKind.all : [BackendKind.all[place]]
          for policy in count < 4 ? Policy.allCases : [.off] {
            let graph = { calls in
              Self.graph(shape, failing: failing, calls, form: form, policy: policy)
            }
            let long = try await Self.outcome(graph, on: kinds[0].backend, .long)
            for kind in kinds {
              let watched = try await Self.outcome(graph, on: kind.backend, .watched)
              var short = try await Self.outcome(graph, on: kind.backend, .short)
              short.told = long.told
              let what: Comment =
                "\(shape) \(policy) \(kind.testDescription), failing \(failing ?? -1)"
              #expect(watched == long, what)
              #expect(short == long, what)
            }
          }
        }
      }
    }
  }

  @Test(arguments: BackendKind.wide)
  func `a long body keeps nobody from the nodes behind it`(kind: BackendKind) async throws {
    let (gate, open) = (DispatchSemaphore(value: 0), TaskAttributes(cache: .off))
    let graph = Graph {
      // Many short ones first, so that one worker alone is on its way when it comes to the long one.
      (0..<2000).map { _ in node("short", [], open) }
      node("long", [], open) { _, _ in
        gate.wait()
        return 0
      }
      (0..<100).map { _ in node("short", [], open) }
      node("key", [], open) { _, _ in
        gate.signal()
        return 0
      }
    }
    #expect(try await graph.run(on: kind.backend).executed == 2102)
  }

  @Test(arguments: BackendKind.wide)
  func `cancelling a run cancels bodies that are suspended`(kind: BackendKind) async throws {
    let cancellation = Cancellation()
    let attributes = TaskAttributes(cache: .off)
    let graph = Graph {
      asyncNode("waiting", [], attributes) { _, _ in
        try await Task.sleep(for: .seconds(600))
        return 0
      }
      node("cancelling", [], attributes) { _, _ in
        cancellation.cancel()
        return 0
      }
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.cancellation = cancellation })
    #expect(result.status == .cancelled)
    #expect(result.reports().map(\.state) == [.cancelled, .executed])
  }

  @Test(arguments: BackendKind.all)
  func `failing fast starts nothing behind the failure and names it`(kind: BackendKind) async throws
  {
    let calls = Calls()
    let result = try await Self.graph([0, 1, 2, 4], failing: 1, calls).run(on: kind.backend)
    #expect(calls.names == ["n0", "n1"])
    #expect(result.status == .failed)
    #expect(result.failures.map(\.node) == ["n1"])
    #expect(result.reports().map(\.state) == [.executed, .failed, .skipped, .skipped])
  }

  @Test(arguments: BackendKind.all)
  func `a run that is cancelled by a body leaves the rest cancelled`(kind: BackendKind) async throws
  {
    let cancellation = Cancellation()
    let first = node("first", [], TaskAttributes(cache: .off)) { _, _ in
      cancellation.cancel()
      return 1
    }
    let second = node("second", [first], TaskAttributes(cache: .off))
    let result = try await Graph { second }.run(
      on: kind.backend, options: .with { $0.cancellation = cancellation })
    #expect(result.status == .cancelled)
    #expect(result.reports().map(\.state) == [.executed, .cancelled])
  }

  @Test(arguments: BackendKind.all)
  func `many nodes run once each, and give their values`(kind: BackendKind) async throws {
    let calls = Mutex(0)
    let nodes = (0..<3000).map { index in
      node("n\(index)", [], TaskAttributes(cache: .off)) { _, _ in
        calls.withLock { $0 += 1 }
        return index
      }
    }
    // Pairs, and pairs of pairs, so that ready nodes are made by several workers.
    var layer = nodes
    while layer.count > 1 {
      layer =
        stride(from: 0, to: layer.count - 1, by: 2).map { first in
          node("sum", [layer[first], layer[first + 1]], TaskAttributes(cache: .off)) { values, _ in
            values.reduce(0, +)
          }
        } + (layer.count % 2 == 1 ? [layer[layer.count - 1]] : [])
    }
    let value = try await layer[0].value(on: kind.backend)
    #expect(value == 2999 * 3000 / 2)
    #expect(calls.withLock { $0 } == 3000)
  }
}
