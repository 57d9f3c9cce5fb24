import Dispatch
import Millrace
import MillraceTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct CancellationTests {
  @Test(arguments: BackendKind.all)
  func `a run that is cancelled before it begins starts nothing`(kind: BackendKind) async throws {
    let calls = Calls()
    let options = RunOptions()
    let plan = try await Graph { node("b", [node("a", calls: calls)], calls: calls) }
      .plan(on: kind.backend, in: .inMemory(), options: options)
    options.cancellation.cancel()
    let result = try await plan.run()
    #expect(result.status == .cancelled)
    #expect(calls.names.isEmpty)
    #expect(result.names(.cancelled) == ["a", "b"])
    let error = #expect(throws: PipelineError.self) { try result.get() }
    #expect(error?.code == .cancelled)
  }

  @Test func `a run that is cancelled while it is planned is an error that says so`() async throws {
    let calls = Calls()
    let options = RunOptions()
    options.cancellation.cancel()
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { node("a", calls: calls) }.run(options: options)
    }
    #expect(error?.code == .cancelled)
    #expect(calls.names.isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `a synchronous body that asks is cancelled, and all behind it`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    try await Graph { node("cached") }.run(in: store)
    let options = RunOptions()
    let begun = DispatchSemaphore(value: 0)
    let graph = Graph {
      let first = node("first", [node("cached")])
      let polling = node("polling", [first]) { _, context in
        begun.signal()
        while true { try context.checkCancellation() }
      }
      let behind = node("behind", [polling])
      node("far", [behind, first])
    }
    async let running = graph.run(on: kind.backend, in: store, options: options)
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "waiting").async {
        begun.wait()
        options.cancellation.cancel()
        continuation.resume()
      }
    }
    let result = try await running
    #expect(result.status == .cancelled)
    #expect(result.hitNames == ["cached"])
    #expect(result.executedNames == ["first"])
    #expect(result.names(.cancelled) == ["polling", "behind", "far"])
    #expect(result.failures.isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `an asynchronous body that waits for ever is cancelled`(kind: BackendKind) async throws {
    let options = RunOptions()
    let waiting = asyncNode("waiting") { _, _ in
      let (stream, continuation) = AsyncStream<Int>.makeStream()
      options.cancellation.cancel()
      for await _ in stream {}
      withExtendedLifetime(continuation) {}
      try Swift.Task.checkCancellation()
      return 0
    }
    let result = try await Graph { waiting }.run(on: kind.backend, options: options)
    #expect(result.status == .cancelled)
    #expect(result.names(.cancelled) == ["waiting"])
  }

  @Test(arguments: BackendKind.all)
  func `cancelling the caller's task cancels the run`(kind: BackendKind) async throws {
    let (begun, signal) = AsyncStream<Void>.makeStream()
    let graph = Graph {
      asyncNode("waiting") { _, context in
        signal.finish()
        while !context.isCancelled { await Swift.Task.yield() }
        throw CancellationError()
      }
    }
    let running = Swift.Task { try await graph.run(on: kind.backend) }
    for await _ in begun {}
    running.cancel()
    #expect(try await running.value.status == .cancelled)
  }

  @Test(arguments: BackendKind.all)
  func `after a cancellation the same graph runs the rest alone`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    let options = RunOptions()
    let isFirst = Mutex(true)
    let a = node("a", calls: calls)
    let b = node("b", [a], calls: calls) { inputs, context in
      // A body that is done all the same is done: what it made is stored.
      if isFirst.withLock({ $0 }) { options.cancellation.cancel() }
      return inputs[0] + 1
    }
    let c = node("c", [b], calls: calls)
    let first = try await Graph { c }.run(on: kind.backend, in: store, options: options)
    #expect(first.status == .cancelled)
    #expect(first.executedNames == ["a", "b"])
    #expect(first.names(.cancelled) == ["c"])
    isFirst.withLock { $0 = false }
    _ = calls.take()
    let second = try await Graph { c }.run(on: kind.backend, in: store)
    #expect(second.status == .succeeded)
    #expect(calls.names == ["c"])
    #expect(try second.value(of: c) == 3)
  }

  @Test func `a body's own CancellationError is a failure where nobody cancelled`() async throws {
    let result = try await Graph { node("a") { _, _ in throw CancellationError() } }.run()
    #expect(result.status == .failed)
    #expect(result.names(.failed) == ["a"])
  }

  @Test(arguments: BackendKind.all)
  func `cancellation during many nodes leaves each in a true state`(
    kind: BackendKind
  ) async throws {
    let options = RunOptions()
    let calls = Calls()
    let result = try await Graph {
      let source = node("source")
      for index in 0..<100 {
        let first = node("a\(index)", [source], TaskAttributes(cache: .off), calls: calls) {
          if index == 20 { $1.cancellation.cancel() }
          return $0[0]
        }
        node("b\(index)", [first], calls: calls)
      }
    }.run(on: kind.backend, options: options)
    #expect(result.status == .cancelled)
    let executed = Set(result.executedNames)
    #expect(executed == Set(calls.names + ["source"]))
    #expect(executed.count + result.names(.cancelled).count == 201)
    #expect(result.executed == executed.count)
  }

  @Test func `a handler that comes late is called at once, and each once`() {
    let cancellation = Cancellation()
    let counts = Mutex<[Int]>([])
    cancellation.onCancel { counts.withLock { $0.append(1) } }
    cancellation.cancel()
    cancellation.cancel()
    cancellation.onCancel { counts.withLock { $0.append(2) } }
    #expect(counts.withLock { $0 } == [1, 2])
  }
}
