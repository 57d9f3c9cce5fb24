import Dispatch
import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

/// What observers are told of a graph that goes the short way.
@Suite(.timeLimit(.minutes(10))) struct FlowEventTests {
  private static let off = TaskAttributes(cache: .off)

  @Test(arguments: BackendKind.all)
  func `a body's start is told while it runs, however long nothing else happens`(
    kind: BackendKind
  ) async throws {
    let observer = Waker()
    let graph = Graph {
      for name in ["a", "b"] {
        node(name, [], Self.off) { _, _ in
          observer.wait(for: name)
          return 1
        }
      }
    }
    let result = try await graph.run(on: kind.backend, options: .with { $0.observers = [observer] })
    #expect(result.executed == 2)
  }

  /// Lets bodies go on when their start was told.
  private final class Waker: RunObserver {
    private let told = ["a": DispatchSemaphore(value: 0), "b": DispatchSemaphore(value: 0)]

    func receive(_ event: RunEvent) {
      if case .nodeStarted(let start) = event { told[start.name]?.signal() }
    }
    func wait(for name: String) { told[name]?.wait() }
  }

  @Test(arguments: BackendKind.all)
  func `lines come between a node's start and its end`(kind: BackendKind) async throws {
    let recorder = EventRecorder()
    try await Graph {
      for index in 0..<20 {
        node("n\(index)", [], Self.off) { _, context in
          context.log.info("line of \(index)")
          return 1
        }
      }
    }.run(on: kind.backend, options: .with { $0.observers = [recorder] })
    var told: [String: [String]] = [:]
    for event in recorder.events {
      switch event {
      case .nodeStarted(let start): told[start.name, default: []].append("start")
      case .logged(let name, _, let line): told[name, default: []].append("\(line.text)")
      case .nodeFinished(let report): told[report.name, default: []].append("end")
      default: break
      }
    }
    #expect(told.count == 20)
    for index in 0..<20 { #expect(told["n\(index)"] == ["start", "line of \(index)", "end"]) }
  }

  @Test(arguments: BackendKind.all)
  func `durations are those of the run's clock, in events and reports`(
    kind: BackendKind
  ) async throws {
    struct Broken: Error {}
    let (clock, recorder) = (ManualClock(), EventRecorder())
    let first = node("first", [], Self.off) { _, _ in
      clock.advance(by: .seconds(3))
      return 1
    }
    let second = node("second", [first], Self.off) { _, _ in
      clock.advance(by: .seconds(4))
      throw Broken()
    }
    let result = try await Graph { node("third", [second], Self.off) }.run(
      on: kind.backend,
      options: .with {
        $0.clock = clock
        $0.observers = [recorder]
      })
    let told = recorder.events.compactMap { event -> NodeReport? in
      if case .nodeFinished(let report) = event { report } else { nil }
    }
    #expect(told.map(\.name) == ["first", "second", "third"])
    for reports in [told, result.reports()] {
      #expect(reports.map(\.duration) == [.seconds(3), .seconds(4), .zero])
      #expect(reports.map(\.state) == [.executed, .failed, .skipped])
      #expect(reports.map(\.attempts) == [1, 1, 0])
      #expect(reports.map { $0.error?.code } == [nil, .taskFailed, nil])
      #expect(reports.map(\.task) == ["first", "second", "third"])
    }
  }

  @Test(arguments: BackendKind.all)
  func `names are the same while the run is on, and afterwards`(kind: BackendKind) async throws {
    let namer = Namer()
    let result = try await Graph {
      let nodes = (0..<50).map { _ in node("same", [], Self.off) }
      node("other", [nodes[0]], Self.off)
      nodes
    }.run(on: kind.backend, options: .with { $0.observers = [namer] })
    #expect(namer.names.withLock { $0 }.sorted() == result.reports().map(\.name).sorted())
  }

  /// Asks for names at once.
  private final class Namer: RunObserver {
    let names = Mutex<[String]>([])

    func receive(_ event: RunEvent) {
      guard case .nodeStarted(let start) = event else { return }
      let name = start.name
      names.withLock { $0.append(name) }
    }
  }

  @Test func `a run that somebody watches goes the short way`() throws {
    let options = RunOptions.with {
      $0.observers = [EventRecorder()]
      $0.describesPlan = false
    }
    let graph = Graph { node("a", [], Self.off) }
    let execution = try Execution(graph, on: .local, in: .inMemory(), options: options)
    #expect(execution.flow?.watch != nil)
  }
}
