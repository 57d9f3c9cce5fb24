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

  /// Plays a scenario in every way.
  ///
  /// - Parameter merges: Whether sequences of the same reports are gone on with once.
  /// - Returns: How many sequences were played to their end.
  private func explore(_ scenario: StateScenario, _ rules: Rules, merges: Bool) throws -> Int {
    var choices = Choices()
    var seen: [[UInt8]: [UInt8]] = [:]
    var endings = 0
    repeat {
      var log: [StatePlay.Choice] = []
      do {
        let play = try StatePlay(scenario, rules)
        var isEnded = true
        while true {
          if merges && choices.isNew {
            let (place, view) = (play.place, play.view)
            if let known = seen.updateValue(view, forKey: place) {
              if known != view { throw Violation("the order matters: \(known) or \(view)") }
              isEnded = false
              break
            }
          }
          let options = play.options
          guard !options.isEmpty else { break }
          let choice = options[choices.pick(options.count)]
          log.append(choice)
          try play.perform(choice)
        }
        if isEnded {
          endings += 1
          try play.end()
        }
      } catch {
        throw Violation("\(scenario), \(rules): \(error) after \(log)")
      }
    } while choices.advance()
    return endings
  }

  private static let everything = Rules(failures: 5, mayCancel: true, endsInOrder: false)

  @Test(arguments: 1...2)
  func `every sequence of one or two nodes of every kind keeps the invariants`(count: Int) throws {
    for graph in AcyclicGraph.all(count) {
      for kinds in StateScenario.assignments(Kind.allCases, count) {
        for failsFast in [false, true] {
          var rules = Self.everything
          rules.failsFast = failsFast
          let scenario = StateScenario(graph, kinds)
          #expect(try explore(scenario, rules, merges: false) > 0)
        }
      }
    }
  }

  @Test(arguments: AcyclicGraph.all(3))
  func `three nodes of every kind keep the invariants`(graph: AcyclicGraph) throws {
    let all = StateScenario.assignments(Kind.allCases, 3)
    // A part of them, another one for each graph.
    let first = graph.inputs.reduce(0) { $0 * 2 + $1 }
    for index in all.indices where Effort.isFull || (index + first) % 12 == 0 {
      for failsFast in [false, true] {
        var rules = Self.everything
        rules.failsFast = failsFast
        #expect(try explore(StateScenario(graph, all[index]), rules, merges: true) > 0)
      }
    }
  }

  @Test func `four nodes of every kind keep the invariants in some order`() throws {
    let all = StateScenario.assignments(Kind.allCases, 4)
    let graphs = AcyclicGraph.all(4)
    for (number, graph) in graphs.enumerated() {
      for index in all.indices where Effort.isFull || index % 93 == number {
        // The orders of one failure here, those of more above.
        let rules = Rules(failures: 1)
        #expect(try explore(StateScenario(graph, all[index]), rules, merges: true) > 0)
      }
    }
  }

  @Test(arguments: [Kind.off, .miss])
  func `four nodes of one kind keep the invariants`(kind: Kind) throws {
    for graph in AcyclicGraph.all(4) {
      let scenario = StateScenario(graph, Array(repeating: kind, count: 4))
      let rules = Rules(failures: 5, mayCancel: true)
      #expect(try explore(scenario, rules, merges: !Effort.isFull) > 0)
    }
  }

  @Test(arguments: [Kind.off, .transient, .miss])
  func `five nodes of one kind keep the invariants`(kind: Kind) throws {
    for graph in AcyclicGraph.all(5) {
      let scenario = StateScenario(graph, Array(repeating: kind, count: 5))
      let rules =
        Effort.isFull
        ? Rules(failures: 5, mayCancel: true) : Rules(failures: 1, mayCancel: kind == .off)
      #expect(try explore(scenario, rules, merges: true) > 0)
    }
  }
}
