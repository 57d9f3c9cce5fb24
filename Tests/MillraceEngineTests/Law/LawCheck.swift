/// What bodies ran in a run, against what the model says had to.
struct LawCheck {
  private let model: LawModel
  private let expected: [LawModel.Call: LawModel.Outcome]
  private let knowledge: LawKnowledge
  private let began: [LawModel.Call]
  private let threw: Set<LawModel.Call>
  /// The keys of the stored tasks whose bodies began.
  let executed: Set<Int>

  init(
    _ model: LawModel, _ expected: [LawModel.Call: LawModel.Outcome], _ knowledge: LawKnowledge,
    _ bodies: LawBodies
  ) {
    (self.model, self.expected, self.knowledge) = (model, expected, knowledge)
    (began, threw) = (bodies.began, bodies.threw)
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
      // A body that threw leaves nothing that another node of its key could use.
      guard !threw.contains(call) else { continue }
      if !seen.insert(outcome.key).inserted { throw Violation("\(name) was executed twice") }
    }
  }

  /// What is not stored runs for what takes its value alone.
  ///
  /// - Throws: ``Violation`` if a transient body ran in a run that succeeded, and no body took its value.
  func requireNothingIdle(_ program: LawProgram) throws {
    for call in began {
      guard let outcome = expected[call], outcome.isTransient else { continue }
      // Of several nodes of one key, any may be the one whose body runs for all.
      let twins = expected.filter { $0.value.key == outcome.key }.keys
      if !twins.contains(where: { isTaken($0, program) }) {
        throw Violation("\(call.name) was executed, and nothing took its value")
      }
    }
  }

  private func isTaken(_ call: LawModel.Call, _ program: LawProgram) -> Bool {
    if call.element != nil { return began.contains(LawModel.Call(task: call.task)) }
    return program.leaves.contains { $0.id == call.task }
      || program.tasks.contains { $0.takes(call.task, whenRunning: began) }
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

extension LawTask {
  /// Whether the task, or a template of it, took the value of another in a run with these bodies.
  fileprivate func takes(_ other: Int, whenRunning began: [LawModel.Call]) -> Bool {
    inputs.contains { input in
      guard input.tasks.contains(other) else { return false }
      if began.contains(where: { $0.task == id }) { return true }
      // What decides which nodes there are is read for the keys.
      return switch input {
      case .count, .each: true
      case .either(let condition, _, _): condition == other
      default: false
      }
    }
  }
}
