import Millrace
import MillraceTesting
import Testing

@Task private struct Draw {
  var count: Int
  @Injected(\.random) var random
  func run() -> [Int] {
    var random = random
    return (0..<count).map { _ in Int.random(in: 0..<1000, using: &random) }
  }
}

@Task(cache: .off, environment: ["MODE"]) private struct Describe {
  var label: String
  @Injected(\.node) var node
  @Injected(\.attempt) var attempt
  @Injected(\.environment) var environment
  func run() async -> String {
    await Swift.Task.yield()
    return "\(label) \(node) \(attempt) \(environment["MODE"] ?? "unset")"
  }
}

@Task(cache: .off) private func described(_ label: String, context: TaskContext) -> String {
  "\(label) \(context.node) \(context.attempt)"
}

@Suite(.timeLimit(.minutes(10))) struct InjectedTests {
  @Test(arguments: [2, 5])
  func `an injected member comes from the run's context`(count: Int) async throws {
    let store = ArtifactStore.inMemory()
    let first = try await $Draw(count: count).value(in: store)
    #expect(first.count == count)
    #expect(try await $Draw(count: count).value(in: .inMemory()) == first)
    let node = $Describe(label: "a").named("it")
    var options = RunOptions()
    options.environment = { ["MODE": "fast"][$0] }
    #expect(try await node.value(on: .dispatch(2), options: options) == "a it 1 fast")
  }

  @Test func `a context parameter is no input`() async throws {
    #expect(try await $described("a").named("n").value() == "a n 1")
    #expect(described("a", context: .testing(node: "m", attempt: 3)) == "a m 3")
  }

  @Test func `a test gives a context of its own, or a value`() async {
    let context = TaskContext.testing(seed: 1)
    let drawn = withTaskContext(context) { Draw(count: 4).run() }
    #expect(drawn == withTaskContext(.testing(seed: 1)) { Draw(count: 4).run() })
    #expect(drawn != withTaskContext(.testing(seed: 2)) { Draw(count: 4).run() })
    var draw = Draw(count: 4)
    draw.random = context.random
    #expect(draw.run() == drawn)
    let described = await withTaskContext(.testing(node: "x", environment: ["MODE": "slow"])) {
      await Describe(label: "l").run()
    }
    #expect(described == "l x 1 slow")
  }

  @Test func `reading an injected property outside of a run stops with a sentence`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Draw(count: 1).random
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("was read outside of a run"))
  }
}
