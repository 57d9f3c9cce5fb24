import Dispatch
import Millrace
import MillraceTesting
import Synchronization
import Testing

private struct Spoiled: Error {}

@Task private func upTo(_ count: Int) -> [Int] { Array(0..<count) }

/// Counts what bodies hold while they run.
private final class Gauge: Sendable {
  private let counts = Mutex((now: 0, peak: 0))

  var now: Int { counts.withLock { $0.now } }
  var peak: Int { counts.withLock { $0.peak } }
  func enter(_ amount: Int = 1) {
    counts.withLock { $0 = ($0.now + amount, max($0.peak, $0.now + amount)) }
  }
  func leave(_ amount: Int = 1) { counts.withLock { $0.now -= amount } }
}

/// Says when a node has ended.
private struct EndListener: RunObserver {
  let name: String
  let hear: @Sendable () -> Void

  init(of name: String, _ hear: @escaping @Sendable () -> Void) {
    self.name = name
    self.hear = hear
  }

  func receive(_ event: RunEvent) {
    if case .nodeFinished(let report) = event, report.name == name { hear() }
  }
}

/// What pools, job limits and budgets do to runs.
@Suite(.timeLimit(.minutes(10))) struct ResourceTests {
  private func attributes(
    _ resources: [String: ResourceAmount], cache: CachePolicy = .off
  ) -> TaskAttributes {
    TaskAttributes(cache: cache, resources: resources)
  }

  /// A node that takes part of the pool `gpu`, and fails if it is to.
  private func holder(
    _ name: String, _ amount: Int, _ gauge: Gauge, cache: CachePolicy = .off, isAsync: Bool,
    fails: Bool = false
  ) -> Node<Int> {
    let attributes = attributes(["gpu": ResourceAmount(amount)], cache: cache)
    if isAsync {
      return asyncNode(name, [], attributes) { _, _ in
        gauge.enter(amount)
        defer { gauge.leave(amount) }
        for _ in 0..<3 { await Swift.Task.yield() }
        if fails { throw Spoiled() }
        return amount
      }
    }
    return node(name, [], attributes) { _, _ in
      gauge.enter(amount)
      defer { gauge.leave(amount) }
      if fails { throw Spoiled() }
      return amount
    }
  }

  /// Two nodes that each wait until the other has begun.
  private func meeting(_ attributes: TaskAttributes) -> [Node<Int>] {
    let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    return [
      node("a", [], attributes) { _, _ in
        first.signal()
        second.wait()
        return 1
      },
      node("b", [], attributes) { _, _ in
        second.signal()
        first.wait()
        return 2
      },
    ]
  }

  // MARK: Pools

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient, .off])
  func `bodies never hold more than there is`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let gauge = Gauge()
    let nodes = (0..<60).map { index in
      holder("n\(index)", 1 + index % 3, gauge, cache: cache, isAsync: index % 2 == 0)
    }
    let graph = Graph {
      nodes
      (0..<20).map { node("free\($0)", [nodes[$0]]) }
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 3, "unused": 0] })
    #expect(result.executed == 80)
    #expect(gauge.peak <= 3 && gauge.peak > 0)
    #expect(gauge.now == 0)
  }

  @Test(arguments: BackendKind.wide)
  func `as many bodies run at once as there is room for`(kind: BackendKind) async throws {
    let graph = Graph { meeting(attributes(["gpu": 1])) }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 2] })
    #expect(result.executed == 2)
  }

  @Test(arguments: BackendKind.all)
  func `copies of a template take what is said of their node`(kind: BackendKind) async throws {
    let gauge = Gauge()
    let graph = Graph {
      ForEach($upTo(30)) { number in
        node("copy", [number], TaskAttributes(cache: .off)) { inputs, _ in
          gauge.enter()
          gauge.leave()
          return inputs[0]
        }.resources(["gpu": 2])
      }
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 3] })
    #expect(result.executed == 31)
    #expect(gauge.peak == 1)
  }

  @Test func `nodes of one key need the pool once`() async throws {
    let graph = Graph {
      node("a", [], attributes(["gpu": 1], cache: .transient))
      node("a", [], attributes(["gpu": 1], cache: .transient))
    }
    let result = try await graph.run(options: .with { $0.resources = ["gpu": 1] })
    #expect(result.executed == 1 && result.hits == 1)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a body that fails gives back what it held`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let gauge = Gauge()
    let graph = Graph {
      (0..<20).map { holder("n\($0)", 2, gauge, isAsync: isAsync, fails: $0 % 2 == 0) }
    }
    let result = try await graph.run(
      on: kind.backend,
      options: .with {
        $0.resources = ["gpu": 2]
        $0.failurePolicy = .keepGoing
      })
    #expect(result.failed == 10)
    #expect(result.executed == 10)
    #expect(gauge.peak == 2)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a run that fails fast ends though nodes wait for a pool`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let gauge = Gauge()
    let nodes = (0..<10).map { holder("n\($0)", 1, gauge, isAsync: isAsync, fails: true) }
    let result = try await Graph { nodes }.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 1] })
    #expect(result.status == .failed)
    #expect(result.failed == 1)
    #expect(result.names(.cancelled).count == 9)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a run that is cancelled ends though nodes wait for a pool`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let calls = Calls()
    let nodes = (0..<10).map { index in
      if isAsync {
        asyncNode("n\(index)", [], attributes(["gpu": 1]), calls: calls) { _, context in
          context.cancellation.cancel()
          try await Swift.Task.sleep(for: .seconds(3600))
          return 0
        }
      } else {
        node("n\(index)", [], attributes(["gpu": 1]), calls: calls) { _, context in
          context.cancellation.cancel()
          try context.checkCancellation()
          return 0
        }
      }
    }
    let result = try await Graph { nodes }.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 1] })
    #expect(result.status == .cancelled)
    #expect(result.names(.cancelled).count == 10)
    #expect(calls.names.count == 1)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a body keeps what it holds for all its attempts`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let calls = Calls()
    let nodes = (0..<5).map { index in
      let attributes = TaskAttributes(cache: .off, retry: .times(2), resources: ["gpu": 1])
      let body: @Sendable ([Int], TaskContext) throws -> Int = { _, context in
        if context.attempt < 3 { throw Spoiled() }
        return 0
      }
      return isAsync
        ? asyncNode("n\(index)", [], attributes, calls: calls) { try body($0, $1) }
        : node("n\(index)", [], attributes, calls: calls, body: body)
    }
    let result = try await Graph { nodes }.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 1] })
    #expect(result.executed == 5)
    #expect(calls.names == (0..<5).flatMap { Array(repeating: "n\($0)", count: 3) })
  }

  @Test(arguments: BackendKind.wide, [false, true])
  func `who waits for a pool is let go at once when the run is ended`(
    kind: BackendKind, fails: Bool
  ) async throws {
    let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let graph = Graph {
      node("holder", [], attributes(["gpu": 1])) { _, _ in
        begun.signal()
        ended.wait()
        return 0
      }
      node("waiting", [], attributes(["gpu": 1]))
      node("ending", [], attributes([:])) { _, context in
        begun.wait()
        if fails { throw Spoiled() }
        context.cancellation.cancel()
        return 0
      }
    }
    let result = try await graph.run(
      on: kind.backend,
      options: .with {
        $0.resources = ["gpu": 1]
        $0.observers = [EndListener(of: "waiting") { ended.signal() }]
      })
    #expect(result.names(.cancelled) == ["waiting"])
    #expect(result.executedNames.contains("holder"))
  }

  @Test func `who waits for a worker holds nothing`() async throws {
    let begun = DispatchSemaphore(value: 0)
    let graph = Graph {
      Block(on: .local) {
        node("a", [], attributes(["gpu": 1])) { _, _ in
          begun.wait()
          return 0
        }
        node("b", [], attributes(["gpu": 1]))
      }
      node("c", [], attributes(["gpu": 1])) { _, _ in
        begun.signal()
        return 0
      }
    }
    let result = try await graph.run(
      on: .dispatch(2), options: .with { $0.resources = ["gpu": 2] })
    #expect(result.executed == 3)
  }

  // MARK: Priorities

  @Test func `the local backend runs higher priorities first, then in declaration order`()
    async throws
  {
    let calls = Calls()
    func named(_ name: String, _ priority: Int, _ inputs: [Node<Int>] = []) -> Node<Int> {
      node(name, inputs, TaskAttributes(cache: .off, priority: priority), calls: calls)
    }
    let graph = Graph {
      let low = named("low", -1)
      let first = named("first", 0)
      let second = named("second", 0)
      let high = named("high", 5)
      low
      named("urgent", 9, [second])
      first.priority(0)
      high
      named("raised", 0).priority(7)
    }
    try await graph.run(on: .local)
    #expect(calls.names == ["raised", "high", "first", "second", "urgent", "low"])
  }

  // MARK: Jobs and memory

  @Test func `no more bodies run at once than there are jobs`() async throws {
    let gauge = Gauge()
    let backends: [any Backend] = [.local, .dispatch(1), .dispatch(2)]
    let nodes = (0..<20).map { index in
      node("n\(index)", [], TaskAttributes(cache: .off)) { _, _ in
        gauge.enter()
        gauge.leave()
        return 0
      }
    }
    let graph = Graph {
      nodes
      for block in 0..<3 {
        Block(on: backends[block]) {
          (0..<10).map { index in
            asyncNode("n\(block)-\(index)", [], TaskAttributes(cache: .off)) { _, _ in
              gauge.enter()
              for _ in 0..<3 { await Swift.Task.yield() }
              gauge.leave()
              return 0
            }
          }
        }
      }
    }
    let result = try await graph.run(on: .dispatch(4), options: .with { $0.jobs = 1 })
    #expect(result.executed == 50)
    #expect(gauge.peak == 1)
  }

  @Test func `as many bodies run at once as there are jobs`() async throws {
    let graph = Graph { meeting(TaskAttributes(cache: .off)) }
    let result = try await graph.run(on: .dispatch(4), options: .with { $0.jobs = 2 })
    #expect(result.executed == 2)
  }

  @Test(arguments: BackendKind.all)
  func `a process above its budget runs one body at a time`(kind: BackendKind) async throws {
    let gauge = Gauge()
    let nodes = (0..<30).map { index in
      node("n\(index)", [], TaskAttributes(cache: .off)) { _, _ in
        gauge.enter()
        gauge.leave()
        return 0
      }
    }
    let graph = Graph { nodes }
    let result = try await graph.run(
      on: kind.backend,
      options: .with {
        $0.memoryBudget = .gib(1)
        $0.residentMemory = { (1 << 30) + 1 }
      })
    #expect(result.executed == 30)
    #expect(gauge.peak == 1)
  }

  @Test func `a process within its budget runs bodies at once`() async throws {
    let graph = Graph { meeting(TaskAttributes(cache: .off)) }
    let result = try await graph.run(
      on: .dispatch(2),
      options: .with {
        $0.memoryBudget = .gib(1)
        $0.residentMemory = { 1 << 30 }
      })
    #expect(result.executed == 2)
  }
}
