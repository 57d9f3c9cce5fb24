import Dispatch
import Millrace
import Synchronization
import Testing

@testable import MillraceEngine

@Task(cache: .off) private func items(_ count: Int, _ origin: Alive) -> [Item] {
  (0..<count).map { Item(alive: Alive($0, in: origin.population)) }
}
@Task(cache: .off) private func origin(_ play: ElementPlay) -> Alive {
  Alive(0, in: play.population)
}
@Task(cache: .off) private func start(_ element: Item, _ step: Int, _ play: ElementPlay) throws
  -> Alive
{
  try play.run(step, element: element.number, [])
}
@Task(cache: .off) private func mix(
  _ element: Item, _ inputs: [Alive], _ step: Int, _ play: ElementPlay
) throws -> Alive {
  try play.run(step, element: element.number, inputs)
}
@Task(cache: .off) private func join(_ inputs: [Alive], _ step: Int, _ play: ElementPlay) throws
  -> Alive
{
  try play.run(step, element: 0, inputs)
}
@Task(cache: .off) private func sum(_ values: [Alive], _ factor: Int) -> Int {
  values.reduce(0) { ($0 * factor + $1.number) % 1_000_003 }
}
@Task(cache: .off) private func number(_ value: Alive) -> Int { value.number }

/// An element that is counted while it is in memory, and can be encoded as its name needs.
private struct Item: Codable, Sendable {
  var alive: Alive?
  var number: Int { alive?.number ?? 0 }

  init(alive: Alive) { self.alive = alive }
  init(from decoder: any Decoder) throws {}
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

/// What the elements of a list do, and what a `Reduce` does with them.
struct ElementShape: CustomTestStringConvertible {
  /// What a step takes: bit 0 is the element, bit *i* is step *i* − 1.
  var list: [Int]
  /// The same, where bit 0 is what was accumulated, bit 1 the element's result, and bit *i* step *i* − 2;
  /// nil for a list that tasks take.
  var fold: [Int]?
  /// Whether each first step also takes a node from outside.
  var takesOrigin = false
  var count = 3

  var stepCount: Int { list.count + (fold?.count ?? 0) }
  var testDescription: String {
    "\(list) \(fold.map { "\($0)" } ?? "-")\(takesOrigin ? " captures" : "")"
  }

  static let lists = [[1], [1, 2], [1, 3], [1, 1, 6], [1, 2, 4], [1, 3, 7]]
  static let folds: [[Int]?] = [nil, [3], [3, 4], [1, 6], [2, 5], [3, 7]]
  static let all = lists.enumerated().flatMap { number, list in
    folds.enumerated().map { other, fold in
      ElementShape(list: list, fold: fold, takesOrigin: (number + other) % 2 == 0)
    }
  }

  /// All on the local backend, where order counts; a few on the others.
  static func shapes(on backend: any Backend) -> [ElementShape] {
    backend is LocalBackend ? all : stride(from: 1, to: all.count, by: 5).map { all[$0] }
  }

  /// Whether the first step that combines is told which element it belongs to.
  var isTold: Bool { fold.map { $0[0] & 2 != 0 } ?? true }
}

/// One run over a list's elements, with something that happens in one of them.
final class ElementPlay: Sendable, Encodable {
  enum Event: Sendable {
    case nothing
    case failure(element: Int, step: Int)
    case cancelling(element: Int, step: Int)
    /// Waits until the first step of the last element has begun.
    case waiting(element: Int, step: Int)
  }

  struct Broken: Error {}

  /// What a run says of itself, without what differs from run to run.
  struct Outcome: Equatable {
    var status: RunStatus
    var values: [Int?]
    var counts: [Int]
    var reports: [String]
    var failures: [String]
    var calls: [String]
  }

  let shape: ElementShape
  let event: Event
  let population = Population()
  let calls = Calls()
  let cancellation = Cancellation()
  private let gate = DispatchSemaphore(value: 0)

  init(_ shape: ElementShape, _ event: Event = .nothing) {
    self.shape = shape
    self.event = event
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("play")
  }

  /// The body of a step. Values are numbers that say from which element they are.
  fileprivate func run(_ step: Int, element: Int, _ inputs: [Alive]) throws -> Alive {
    let element = inputs.reduce(element) { max($0, $1.number % 100) }
    calls.note("\(element).\(step)")
    if step == 0 && element == shape.count - 1 { gate.signal() }
    switch event {
    case .failure(element, step): throw Broken()
    case .cancelling(element, step): cancellation.cancel()
    case .waiting(element, step): gate.wait()
    default: break
    }
    let value = inputs.reduce(step + 1) { ($0 * 31 + $1.number) % 1_000_003 }
    return Alive(value * 100 + element, in: population)
  }

  /// The nodes that are asked for.
  func leaves() -> [Node<Int>] {
    let me = Constant(self)
    let origin = $origin(me)
    let list = ForEach($items(Constant(shape.count), origin)) { element in
      var steps: [Node<Alive>] = []
      for (step, bits) in shape.list.enumerated() {
        var inputs = steps.indices.filter { bits >> ($0 + 1) & 1 == 1 }.map { steps[$0] }
        if step == 0 && shape.takesOrigin { inputs.append(origin) }
        let number = Constant(step)
        if bits & 1 == 0 {
          steps.append($join(inputs, number, me))
        } else if inputs.isEmpty {
          steps.append($start(element, number, me))
        } else {
          steps.append($mix(element, inputs, number, me))
        }
      }
      return steps[steps.count - 1]
    }
    guard let fold = shape.fold else { return [$sum(list, 7), $sum(list, 11)] }
    let result = list.reduce(Constant(Alive(0, in: population))) { accumulated, element in
      var nodes = [accumulated, element]
      for (step, bits) in fold.enumerated() {
        nodes.append(
          $join(
            nodes.indices.filter { bits >> $0 & 1 == 1 }.map { nodes[$0] },
            Constant(shape.list.count + step), me))
      }
      return nodes[nodes.count - 1]
    }
    return [$number(result)]
  }

  /// Runs a play, in a loop where `shortest` allows it.
  static func outcome(
    _ shape: ElementShape, _ event: Event = .nothing, on backend: any Backend,
    _ policy: FailurePolicy = .keepGoing, shortest: Int
  ) async throws -> (outcome: Outcome, population: Population) {
    let play = ElementPlay(shape, event)
    // What is made here is gone afterwards, so that the population can be counted.
    let outcome = try await play.outcome(on: backend, policy, shortest: shortest)
    return (outcome, play.population)
  }

  private func outcome(
    on backend: any Backend, _ policy: FailurePolicy, shortest: Int
  ) async throws -> Outcome {
    var asked: [Node<Int>] = []
    let graph = Graph {
      asked = leaves()
      asked
    }
    let result = try await graph.run(
      on: backend,
      options: .with {
        $0.failurePolicy = policy
        $0.cancellation = cancellation
        $0.shortestLoop = shortest
        $0.keepingValues = asked.map(\.erased)
      })
    return Outcome(
      status: result.status, values: asked.map { try? result.value(of: $0) },
      counts: [result.nodes, result.executed, result.hits, result.failed],
      reports: result.reports().map { "\($0.name) \($0.state) \($0.attempts)" },
      failures: result.failures.map { "\($0.message) \($0.places)" }.sorted(),
      calls: calls.names)
  }
}

/// The populations of some plays, which all have to be gone when the test is over.
struct Populations {
  private var all: [(population: Population, of: String)] = []

  mutating func add(_ population: Population, of play: String) { all.append((population, play)) }

  /// The plays of which something stays: a worker may hold a run for a little longer than it lasts.
  func remaining() async -> [String] {
    var patience = 1_000_000
    for (population, _) in all {
      while population.now != 0 && patience > 0 {
        await Task.yield()
        patience -= 1
      }
    }
    return all.filter { $0.population.now != 0 }.map(\.of)
  }
}
