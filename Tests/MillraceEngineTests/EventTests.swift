import Millrace
import MillraceTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventTests {
  /// One word for each event.
  private func words(_ events: [RunEvent]) -> [String] {
    events.map { event in
      switch event {
      case .started(_, let pipeline, let nodes): "started \(pipeline) \(nodes)"
      case .nodeStarted(let start): "start \(start.name)"
      case .attemptFailed(let name, let attempt, _, _): "failed \(name) \(attempt)"
      case .nodeFinished(let report): "\(report.state) \(report.name)"
      case .finished(let result): "finished \(result.status)"
      case .exported(let name, _): "exported \(name)"
      default: "other"
      }
    }
  }

  @Test func `events come in the order in which things happened`() async throws {
    let store = ArtifactStore.inMemory()
    try await Graph { node("a") }.run(in: store)
    let recorder = EventRecorder()
    let isFirst = Mutex(true)
    try await Graph {
      let a = node("a")
      let b = node("b", [a], TaskAttributes(retry: .times(1))) { inputs, _ in
        let fails = isFirst.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
        if fails { throw CancellationError() }
        return inputs[0]
      }
      node("c", [a], TaskAttributes(retry: .times(1))) { _, context in
        if context.attempt == 1 { throw Once() }
        return 1
      }
      node("d", [b])
    }.run(
      on: .local, in: store,
      options: .with {
        $0.observers = [recorder]
        $0.pipeline = "demo"
        $0.failurePolicy = .keepGoing
      })
    #expect(
      words(recorder.events) == [
        "started demo 4", "hit a", "start b", "failed b", "skipped d", "start c", "failed c 1",
        "executed c", "finished failed",
      ])
  }

  private struct Once: Error {}

  @Test(arguments: BackendKind.all)
  func `a node's end is sent before its consumers begin, and each once`(
    kind: BackendKind
  ) async throws {
    let recorder = EventRecorder()
    try await Graph {
      for chain in 0..<40 {
        let a = node("a\(chain)", [], TaskAttributes(cache: .off))
        let b = node("b\(chain)", [a], TaskAttributes(cache: .off))
        node("c\(chain)", [b], TaskAttributes(cache: .off))
      }
    }.run(on: kind.backend, options: .with { $0.observers = [recorder] })
    let words = words(recorder.events)
    #expect(words.count == 242 && Set(words).count == 242)
    #expect(words.first == "started graph 120" && words.last == "finished succeeded")
    let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
    for chain in 0..<40 {
      for (input, consumer) in [("a", "b"), ("b", "c")] {
        let end = try #require(places["executed \(input)\(chain)"])
        let start = try #require(places["start \(consumer)\(chain)"])
        #expect(end < start)
      }
    }
  }

  @Test func `a run that is cancelled reports every node's end`() async throws {
    let recorder = EventRecorder()
    let options = RunOptions.with { $0.observers = [recorder] }
    let graph = Graph { node("b", [node("a")]) }
    let plan = try await graph.plan(in: .inMemory(), options: options)
    options.cancellation.cancel()
    _ = try await plan.run()
    #expect(
      words(recorder.events) == [
        "started graph 2", "cancelled a", "cancelled b", "finished cancelled",
      ])
  }

  @Test func `every observer has seen every event when the run returns`() async throws {
    let recorders = [EventRecorder(), EventRecorder()]
    try await Graph { node("a") }.run(options: .with { $0.observers = recorders })
    #expect(
      recorders.map { words($0.events) }
        == Array(
          repeating: ["started graph 1", "start a", "executed a", "finished succeeded"], count: 2))
  }

  @Test func `a node found damaged in the run is reported for what it became`() async throws {
    let counter = StorageCounter()
    func graph(version: Int) -> Graph {
      Graph { node("b", [node("a")], TaskAttributes(version: version)) }
    }
    try await graph(version: 1).run(in: counter.open())
    let store = try counter.open()
    try counter.spoil("a", in: store)
    let recorder = EventRecorder()
    try await graph(version: 2).run(in: store, options: .with { $0.observers = [recorder] })
    #expect(
      words(recorder.events).suffix(5) == [
        "start a", "executed a", "start b", "executed b", "finished succeeded",
      ])
  }
}
