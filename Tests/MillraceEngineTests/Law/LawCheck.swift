/// What bodies ran in a run, against what the model says had to.
struct LawCheck {
  private let model: LawModel
  private let expected: [LawModel.Call: LawModel.Outcome]
  private let knowledge: LawKnowledge
  private let began: [LawModel.Call]
  /// The keys of the stored tasks whose bodies began.
  let executed: Set<Int>

  init(
    _ model: LawModel, _ expected: [LawModel.Call: LawModel.Outcome], _ knowledge: LawKnowledge,
    _ began: [LawModel.Call]
  ) {
    (self.model, self.expected, self.knowledge, self.began) = (model, expected, knowledge, began)
    executed = Set(began.compactMap { expected[$0] }.filter(\.isStored).map(\.key))
  }

  /// - Throws: ``Violation`` if a body ran whose result was there, that nothing needs, or twice.
  func requireNothingUnneeded() throws {
    var seen: Set<Int> = []
    for call in began {
      guard let outcome = expected[call] else {
        throw Violation("\(call.name) was executed, which nothing needs")
      }
      guard outcome.isStored else { continue }
      let name = "\(call.name), \(model.description(of: outcome.key)),"
      if knowledge.state(of: outcome.key) == .present, !knowledge.isDamaged(outcome.key) {
        throw Violation("\(name) was executed, though the store has its result")
      }
      if !seen.insert(outcome.key).inserted { throw Violation("\(name) was executed twice") }
    }
  }

  /// - Throws: ``Violation`` if a result was used that was never made.
  func requireAllNeeded() throws {
    for (call, outcome) in expected where outcome.isStored {
      if knowledge.state(of: outcome.key) == nil, !executed.contains(outcome.key) {
        throw Violation(
          "\(call.name), \(model.description(of: outcome.key)), was not executed, and its result was never made"
        )
      }
    }
  }
}
