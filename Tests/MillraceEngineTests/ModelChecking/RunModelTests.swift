import Millrace
import Testing

@testable import MillraceEngine

/// The engine as a whole against small graphs, in every order, with failures, further attempts, ends of
/// time limits and cancellations at every point: no sleep, a clock that stands still until a test wakes who
/// waits, and a backend that does what it is told.
///
/// Sequences that led to the same ends of the same bodies are gone on with once, but where bodies are
/// admitted one by one, whose order is a part of the state.
@Suite(.timeLimit(.minutes(60))) struct RunModelTests {
  private func explore(_ scenarios: [RunScenario]) async throws {
    try await onOwnThread { for scenario in scenarios { try Self.play(scenario) } }
  }

  /// Plays a scenario in every way.
  private static func play(_ scenario: RunScenario) throws {
    var choices = Choices()
    var seen: Set<[UInt8]> = []
    repeat {
      var log: [RunPlay.Choice] = []
      do {
        let play = try RunPlay(scenario)
        var isEnded = true
        while true {
          if choices.isNew && !seen.insert(play.place).inserted {
            isEnded = false
            break
          }
          let options = play.options
          guard !options.isEmpty else { break }
          let choice = options[try choices.pick(options.count)]
          log.append(choice)
          try play.perform(choice)
        }
        if isEnded { try play.end() }
      } catch {
        throw Violation("\(scenario): \(error) after \(log)")
      }
    } while choices.advance()
  }

  /// Scenarios of a size with all edges, or some of them, as orders without values.
  private func withOrders(_ count: Int) -> [RunScenario] {
    AcyclicGraph.all(count).flatMap { graph -> [RunScenario] in
      var (values, orders) = (graph, RunScenario(graph))
      orders.afters = graph.inputs
      // Every other edge goes without a value.
      for node in 0..<count { values.inputs[node] &= node % 2 == 0 ? 0b10101 : 0b01010 }
      var mixed = RunScenario(values)
      mixed.afters = graph.inputs
      return values == graph ? [RunScenario(graph)] : [RunScenario(graph), mixed]
    }
  }

  @Test(arguments: 1...4, [FailurePolicy.keepGoing, .failFast])
  func `bodies run after what they need, and every run ends in true states`(
    count: Int, policy: FailurePolicy
  ) async throws {
    // Orders matter to cancelling as inputs do.
    let scenarios = withOrders(count).filter {
      Effort.isFull || count < 4 || policy == .keepGoing || $0.afters.isEmpty
    }
    try await explore(
      scenarios.map { scenario in
        var scenario = scenario
        scenario.policy = policy
        scenario.beginsAtOnce = count > 2 && !Effort.isFull
        scenario.failures = count > 3 && !Effort.isFull ? 1 : 5
        scenario.mayCancel = Effort.isFull || count < 4 || policy == .failFast
        return scenario
      })
  }

  @Test(arguments: 1...3, [FailurePolicy.keepGoing, .failFast])
  func `nodes are tried as often as they may, and some failures are ignored`(
    count: Int, policy: FailurePolicy
  ) async throws {
    var scenarios: [RunScenario] = []
    for var scenario in withOrders(count) {
      for ignored in 0..<(1 << count) where Effort.isFull || count < 3 || ignored == 2 {
        scenario.policy = policy
        scenario.attempts = [2, 3, 1]
        scenario.ignored = ignored
        scenario.failures = count > 2 && !Effort.isFull ? 2 : 5
        scenario.beginsAtOnce = count > 1 && !Effort.isFull
        scenarios.append(scenario)
      }
    }
    try await explore(scenarios)
  }

  @Test(arguments: 1...3, [FailurePolicy.keepGoing, .failFast])
  func `nodes that wait before they are tried again end with the run`(
    count: Int, policy: FailurePolicy
  ) async throws {
    let scenarios = AcyclicGraph.all(count).map { graph in
      var scenario = RunScenario(graph)
      scenario.policy = policy
      scenario.waits = true
      scenario.attempts = [2, 2, 2]
      scenario.failures = count > 2 && !Effort.isFull ? 1 : 5
      scenario.beginsAtOnce = count > 2 && !Effort.isFull
      return scenario
    }
    try await explore(scenarios)
  }

  @Test(arguments: 1...(Effort.isFull ? 4 : 3), RunScenario.Timing.allCases.dropFirst())
  func `what runs out of time ends once, and bodies that are left behind change nothing`(
    count: Int, timing: RunScenario.Timing
  ) async throws {
    var scenarios: [RunScenario] = []
    for graph in AcyclicGraph.all(count) {
      for (waits, policy) in [(false, FailurePolicy.keepGoing), (true, .failFast)] {
        var scenario = RunScenario(graph)
        (scenario.timing, scenario.waits, scenario.policy) = (timing, waits, policy)
        scenario.cache = waits ? .stored : .off
        scenario.attempts = [2, 1, 2]
        scenario.failures = count > (Effort.isFull ? 3 : 2) ? 1 : count > 1 ? 3 : 5
        scenario.mayCancel = Effort.isFull || count < 3
        scenario.beginsAtOnce = count > (Effort.isFull ? 3 : 1)
        scenarios.append(scenario)
      }
    }
    try await explore(scenarios)
  }

  @Test(arguments: 1...3, RunScenario.Timing.allCases.dropFirst())
  func `bodies that are left behind hold what they took until they return`(
    count: Int, timing: RunScenario.Timing
  ) async throws {
    let scenarios = AcyclicGraph.all(count).flatMap { graph in
      [1, 2].map { jobs in
        var scenario = RunScenario(graph)
        (scenario.timing, scenario.jobs) = (timing, jobs)
        (scenario.limit, scenario.amounts, scenario.attempts) = (2, [1, 2, 1], [2, 2, 2])
        scenario.failures = count > 2 && !Effort.isFull ? 1 : 2
        scenario.mayCancel = Effort.isFull || count < 3
        return scenario
      }
    }
    try await explore(scenarios)
  }

  @Test(arguments: 1...4, 0...4)
  func `pools are never over-drawn, whatever fails or is tried again`(
    count: Int, setting: Int
  ) async throws {
    let scenarios = AcyclicGraph.all(count).map { graph in
      var scenario = RunScenario(graph)
      switch setting {
      case 0: (scenario.limit, scenario.amounts) = (2, [1, 1, 2, 1])
      case 1: (scenario.limit, scenario.amounts, scenario.jobs) = (3, [2, 0, 3, 1], 2)
      case 2: (scenario.priorities, scenario.jobs) = ([0, 2, 1, 2], 1)
      case 3:
        (scenario.limit, scenario.amounts, scenario.priorities) = (1, [1, 1, 1, 1], [0, 1, 0, 2])
      default: (scenario.limit, scenario.amounts, scenario.capacity) = (3, [1, 2, 1, 2], 2)
      }
      scenario.policy = setting % 2 == 0 ? .keepGoing : .failFast
      scenario.attempts = [1, 2, 1, 1]
      scenario.failures = count > 3 && !Effort.isFull ? 1 : 5
      scenario.mayCancel = Effort.isFull || count < 4
      return scenario
    }
    try await explore(scenarios)
  }

  @Test func `some graphs of five nodes keep the invariants as well`() async throws {
    let graphs = AcyclicGraph.all(5)
    let step = Effort.isFull ? 1 : 20
    let scenarios = stride(from: 0, to: graphs.count, by: step).map { number in
      var scenario = RunScenario(graphs[number])
      scenario.failures = 1
      scenario.mayCancel = Effort.isFull
      return scenario
    }
    try await explore(scenarios)
  }

  @Test(arguments: 1...3)
  func `what is stored in the end was made once`(count: Int) async throws {
    let scenarios = AcyclicGraph.all(count).map { graph in
      var scenario = RunScenario(graph)
      scenario.cache = .stored
      scenario.failures = 1
      return scenario
    }
    try await explore(scenarios)
  }
}
