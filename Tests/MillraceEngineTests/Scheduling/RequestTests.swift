import Millrace
import Testing

@Task(resources: ["memory": .gib(4), "gpu": 1], priority: 2)
private func train(_ rows: Int) -> Int { rows }
@Task private func rows() -> [Int] { [1, 2] }
@Task private func isDone(_ count: Int) -> Bool { count > 0 }
@Task private func next(_ count: Int) -> Int { count + 1 }
@Task private func upTo(_ count: Int) -> [Int] { Array(0..<count) }

/// What is refused before anything runs.
struct RequestTests {
  private func refusal(
    _ limits: [String: ResourceAmount], jobs: Int? = nil, _ graph: Graph
  ) async -> PipelineError? {
    await #expect(throws: PipelineError.self) {
      try await graph.plan(
        in: .inMemory(),
        options: .with {
          $0.resources = limits
          $0.jobs = jobs
        })
    }
  }

  @Test func `the macro hands requests and priorities on`() throws {
    let task = try #require(Graph { $train(1) }.traversal().first).task
    #expect(task.attributes.resources == ["memory": .gib(4), "gpu": 1])
    #expect(task.attributes.priority == 2)
  }

  @Test func `a request above the limit is refused with its numbers`() async {
    let error = await refusal(["memory": .gib(2), "gpu": 1], Graph { $train(1).named("model") })
    #expect(error?.code == .resources)
    #expect(error?.node == "model")
    #expect(
      error?.message
        == "Node 'model' requests 4gib of 'memory', and the run has 2gib; request less, or raise the limit with '--resource memory=4gib' or 'RunOptions.resources'."
    )
  }

  @Test func `a pool without a limit is refused, also in templates`() async {
    let graphs = [
      Graph { $train(1) }, Graph { ForEach($rows()) { $train($0) } },
      Graph { ForEach($rows()) { outer in ForEach($upTo(outer)) { $train($0) } } },
      Graph { Reduce($rows(), into: 0) { _, element in $train(element) } },
      Graph { Repeat(from: 0, until: { $isDone($0) }) { $train($0) } },
      Graph { Repeat(from: 0, until: { $isDone($train($0)) }) { $next($0) } },
    ]
    for graph in graphs {
      let error = await refusal(["memory": .gib(4)], graph)
      #expect(error?.code == .resources)
      #expect(
        error?.message
          == "Node 'train' requests 1 of 'gpu', which has no limit; say how much there is with '--resource gpu=N', the variable MILLRACE_RESOURCES or 'RunOptions.resources'."
      )
    }
  }

  @Test func `less than nothing is refused`() async {
    let error = await refusal(["gpu": 1], Graph { $rows().resources(["gpu": -1]) })
    #expect(
      error?.message
        == "Node 'rows' requests -1 of 'gpu', which is less than nothing; request 0 or more.")
    #expect(await refusal(["gpu": -2], Graph { $rows() })?.code == .misuse)
    #expect(await refusal([:], jobs: 0, Graph { $rows() })?.code == .misuse)
  }

  @Test func `what has no body requests nothing`() async {
    let graph = Graph { ForEach($rows()) { $0 }.named("list").resources(["gpu": 1]) }
    let error = await refusal(["gpu": 1], graph)
    #expect(error?.code == .resources && error?.node == "list")
  }

  @Test func `a modifier says another amount of the pools that it names`() async throws {
    let node = $train(3).resources(["memory": 5]).resources(["gpu": 0])
    let result = try await Graph { node }.run(options: .with { $0.resources = ["memory": 5] })
    #expect(result.executed == 1)
    let error = await refusal(["memory": 4], Graph { node })
    let message = error?.message ?? ""
    #expect(message.hasPrefix("Node 'train' requests 5 of 'memory', and the run has 4;"))
  }
}
