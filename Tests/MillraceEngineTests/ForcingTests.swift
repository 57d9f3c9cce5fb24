import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

/// Nodes that run although they have results.
@Suite struct ForcingTests {
  private struct Failed: Error {}

  @Test(arguments: BackendKind.all)
  func `a forced node runs, and what takes an unchanged value does not`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    let first = node("first", calls: calls)
    let graph = Graph { node("last", [node("middle", [first], calls: calls)], calls: calls) }
    let store = ArtifactStore.inMemory()
    _ = try await graph.run(on: kind.backend, in: store)
    _ = calls.take()
    let result = try await graph.run(
      on: kind.backend, in: store, options: .with { $0.force("middle") })
    #expect(calls.take() == ["middle"])
    #expect(result.status == .succeeded && result.executed == 1 && result.hits == 2)
    #expect(try await graph.run(on: kind.backend, in: store).executed == 0)
    let all = try await graph.run(on: kind.backend, in: store, options: .with { $0.force() })
    #expect(all.executed == 3)
    #expect(Set(calls.take()) == ["first", "middle", "last"])
  }

  @Test(arguments: BackendKind.all)
  func `each copy of a template is forced`(kind: BackendKind) async throws {
    let calls = Calls()
    let graph = Graph { ForEach((0..<20).map { $0 }) { node("inner", [$0], calls: calls) } }
    let store = ArtifactStore.inMemory()
    _ = try await graph.run(on: kind.backend, in: store)
    _ = try await graph.run(on: kind.backend, in: store, options: .with { $0.force("inner") })
    #expect(calls.count("inner") == 40)
  }

  @Test func `a plan says that it is forced, and records nothing`() async throws {
    let graph = Graph { node("a") }
    let store = ArtifactStore.inMemory()
    _ = try await graph.run(in: store)
    let plan = try await graph.plan(in: store, options: .with { $0.force("a") })
    #expect(plan.nodes.map(\.explanation) == ["forced"])
    #expect(store.invalidations().isEmpty)
    #expect(try await graph.run(in: store).hits == 1)
  }

  @Test(arguments: BackendKind.all)
  func `the listing and explain tell that it was forced`(kind: BackendKind) async throws {
    let graph = Graph { node("last", [node("a")]) }
    let store = ArtifactStore.inMemory()
    _ = try await graph.run(on: kind.backend, in: store)
    let result = try await graph.run(on: kind.backend, in: store, options: .with { $0.force("a") })
    #expect(store.invalidations().isEmpty)
    for (name, isForced) in [("a", true), ("last", false)] {
      #expect(try store.listing(of: result.run)?.node(named: name)?.isForced == isForced)
    }
    guard case .forced? = try store.explain("a", of: "graph")?.reason else {
      Issue.record("not explained as forced")
      return
    }
  }

  @Test(arguments: BackendKind.all)
  func `one that fails leaves the result that there was`(kind: BackendKind) async throws {
    let fails = Mutex(false)
    let graph = Graph {
      node("a") { _, _ in
        if fails.withLock({ $0 }) { throw Failed() }
        return 7
      }
    }
    let store = ArtifactStore.inMemory()
    _ = try await graph.run(on: kind.backend, in: store)
    fails.withLock { $0 = true }
    let failed = try await graph.run(on: kind.backend, in: store, options: .with { $0.force("a") })
    #expect(failed.failed == 1)
    #expect(try await graph.run(on: kind.backend, in: store).hits == 1)
  }

  @Test(arguments: BackendKind.all)
  func `other bytes than before are reported, and count from then on`(
    kind: BackendKind
  ) async throws {
    let count = Mutex(0)
    let value = node("a") { _, _ in
      count.withLock {
        $0 += 1
        return $0
      }
    }
    let store = ArtifactStore.inMemory()
    #expect(try await value.value(on: kind.backend, in: store) == 1)
    #expect(
      try await value.value(on: kind.backend, in: store, options: .with { $0.force() }) == 2)
    #expect(try await value.value(on: kind.backend, in: store) == 2)
    #expect(store.conflicts().count == 1)
  }

  @Test(arguments: BackendKind.all)
  func `a run asks for a part of its graph`(kind: BackendKind) async throws {
    let calls = Calls()
    let first = node("first", calls: calls)
    let graph = Graph {
      node("left", [first], calls: calls)
      node("right", [first], calls: calls)
    }
    let store = ArtifactStore.inMemory()
    let part = try await graph.run(
      on: kind.backend, in: store, options: .with { $0.only = ["left"] })
    #expect(part.nodes == 2 && part.executed == 2)
    #expect(store.names().map(\.name) == ["graph/first", "graph/left"])
    let rest = try await graph.run(on: kind.backend, in: store)
    #expect(rest.executed == 1 && rest.hits == 2)
    let until = try await graph.run(
      on: kind.backend, in: store, options: .with { $0.until = ["first"] })
    #expect(until.nodes == 1)
  }
}
