import Millrace
import Testing

@testable import MillraceEngine

/// The state machine of a run against every small graph, in every order, with failures and
/// cancellations at every point.
///
/// Up to two nodes, and up to four where `MILLRACE_MODEL_CHECK` is `full`, every sequence is played to its
/// end. Otherwise sequences that differ in nothing but the order of the same reports are gone on with once:
/// what can be seen of the nodes after them is compared, and has to be the same.
@Suite(.timeLimit(.minutes(60))) struct StateModelTests {
  typealias Kind = StateScenario.Kind
  typealias Rules = StatePlay.Rules

  private struct Case: Sendable {
    var graph: AcyclicGraph
    var kinds: [Kind]
    var rules: Rules
    /// Whether sequences of the same reports are gone on with once.
    var merges = true
  }

  private func explore(_ cases: [Case]) async throws {
    #expect(!cases.isEmpty)
    try await onOwnThread { for item in cases { try Self.play(item) } }
  }

  /// Plays a case in every way.
  private static func play(_ item: Case) throws {
    let scenario = StateScenario(item.graph, item.kinds)
    var choices = Choices()
    var seen: [[UInt8]: [UInt8]] = [:]
    repeat {
      var log: [StatePlay.Choice] = []
      do {
        let play = try StatePlay(scenario, item.rules)
        var isEnded = true
        while true {
          if item.merges && choices.isNew {
            let (place, view) = (play.place, play.view)
            if let known = seen.updateValue(view, forKey: place) {
              if known != view { throw Violation("the order matters: \(known) or \(view)") }
              isEnded = false
              break
            }
          }
          let options = play.options
          guard !options.isEmpty else { break }
          let choice = options[try choices.pick(options.count)]
          log.append(choice)
          try play.perform(choice)
        }
        if isEnded { try play.end() }
      } catch {
        throw Violation("\(scenario), \(item.rules): \(error) after \(log)")
      }
    } while choices.advance()
  }

  private static let everything = Rules(failures: 5, mayCancel: true, endsInOrder: false)

  /// Both policies, with every order of the ends after the end of the run.
  private static func all(
    _ graph: AcyclicGraph, _ kinds: [Kind], merges: Bool
  ) -> [Case] {
    [false, true].map { failsFast in
      var rules = everything
      rules.failsFast = failsFast
      return Case(graph: graph, kinds: kinds, rules: rules, merges: merges)
    }
  }

  @Test(arguments: 1...2)
  func `every sequence of one or two nodes of every kind keeps the invariants`(
    count: Int
  ) async throws {
    try await explore(
      AcyclicGraph.all(count).flatMap { graph in
        StateScenario.assignments(Kind.allCases, count).flatMap { kinds in
          Self.all(graph, kinds, merges: false)
        }
      })
  }

  @Test(arguments: AcyclicGraph.all(3))
  func `three nodes of every kind keep the invariants`(graph: AcyclicGraph) async throws {
    let all = StateScenario.assignments(Kind.allCases, 3)
    // A part of them, another one for each graph.
    let first = graph.inputs.reduce(0) { $0 * 2 + $1 }
    let chosen = all.indices.filter { Effort.isFull || ($0 + first) % 11 == 0 }
    try await explore(chosen.flatMap { Self.all(graph, all[$0], merges: true) })
  }

  @Test func `four nodes of every kind keep the invariants`() async throws {
    let all = StateScenario.assignments(Kind.allCases, 4)
    try await explore(
      AcyclicGraph.all(4).enumerated().flatMap { number, graph in
        let chosen = all.indices.filter { Effort.isFull || ($0 * 7 + number) % 211 == 0 }
        return chosen.map { Case(graph: graph, kinds: all[$0], rules: Rules(failures: 1)) }
      })
  }

  @Test(arguments: [Kind.off, .miss])
  func `four nodes of one kind keep the invariants`(kind: Kind) async throws {
    try await explore(
      AcyclicGraph.all(4).map { graph in
        Case(
          graph: graph, kinds: Array(repeating: kind, count: 4),
          rules: Rules(failures: 5, mayCancel: true), merges: !Effort.isFull)
      })
  }

  @Test(arguments: Effort.isFull ? [Kind.off, .transient, .miss] : [.off, .miss])
  func `five nodes of one kind keep the invariants`(kind: Kind) async throws {
    let rules =
      Effort.isFull
      ? Rules(failures: 5, mayCancel: true) : Rules(failures: 1)
    try await explore(
      AcyclicGraph.all(5).map { graph in
        Case(graph: graph, kinds: Array(repeating: kind, count: 5), rules: rules)
      })
  }
}
