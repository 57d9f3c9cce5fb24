import Dispatch
import Millrace
import Synchronization
import Testing

@Task(cache: .off) private func next(_ value: Int) -> Int { value + 1 }
@Task(cache: .off) private func total(_ values: [Int]) -> Int { values.reduce(1, +) }
@Task(cache: .transient) private func kept(_ value: Int) -> Int { value + 1 }
@Task private func stored(_ value: Int) -> Int { value + 1 }

/// Chains that any recursion over their length would end with a crash: they are built, planned, run and
/// released on threads of Dispatch, whose stacks have 512 KiB.
@Suite(.timeLimit(.minutes(10))) struct LongChainTests {
  enum Kind: CaseIterable {
    case inGraph, outside, lists, listsOutside, transient, stored, named
  }

  private func length(_ kind: Kind) -> Int {
    switch kind {
    case .inGraph: 200_000
    case .outside: 200_000
    case .lists: 50_000
    case .listsOutside, .transient, .named: 20_000
    case .stored: 10_000
    }
  }

  private static func build(_ kind: Kind, _ length: Int) -> (Graph, Node<Int>) {
    func chain(_ step: (Node<Int>) -> Node<Int>) -> Node<Int> {
      var node = $next(0)
      for _ in 1..<length { node = step(node) }
      return node
    }
    switch kind {
    case .inGraph:
      var last: Node<Int>?
      let graph = Graph {
        let node = chain { $next($0) }
        let _: Void = last = node
        node
      }
      return (graph, last!)
    case .outside:
      let node = chain { $next($0) }
      return (Graph { node }, node)
    case .lists:
      var last: Node<Int>?
      let graph = Graph {
        let node = chain { $total([$0]) }
        let _: Void = last = node
        node
      }
      return (graph, last!)
    case .listsOutside:
      let node = chain { $total([$0]) }
      return (Graph { node }, node)
    case .transient:
      let node = chain { $kept($0) }
      return (Graph { node }, node)
    case .stored:
      let node = chain { $stored($0) }
      return (Graph { node }, node)
    case .named:
      let node = chain { $next($0).tagged("t") }
      return (Graph { node }, node)
    }
  }

  @Test(arguments: Kind.allCases)
  func `a long chain is built, planned, run and released without recursion`(
    kind: Kind
  ) async throws {
    let length = length(kind)
    func onSmallStack<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "small stack").async { continuation.resume(returning: body()) }
      }
    }
    let held = Mutex<(Graph, Node<Int>)?>(nil)
    await onSmallStack { held.withLock { $0 = Self.build(kind, length) } }
    do {
      let (graph, last) = try #require(held.withLock { $0 })
      let result = try await graph.run(options: .keeping(last))
      #expect(result.executed == length)
      #expect(try result.value(of: last) == length)
    }
    await onSmallStack { held.withLock { $0 = nil } }
  }
}

extension RunOptions {
  fileprivate static func keeping(_ node: Node<Int>) -> RunOptions {
    var options = RunOptions()
    options.keepingValues = [node.erased]
    return options
  }
}
