import MillraceCoding

/// Which results a store must have, must not have, or may have, by the model's keys.
struct LawKnowledge {
  enum State { case present, perhaps }
  enum Damage { case lost, spoiled }

  /// A key that is not here has no result.
  private(set) var results: [Int: State] = [:]
  /// What the keys of results give.
  private var values: [Int: [LawValue]] = [:]
  /// Values whose objects are damaged, so that any result of them may have to be made again.
  private(set) var damaged: [LawValue: Damage] = [:]
  /// The keys that a name has stood for for certain, and those that it may have.
  private var names: [String: (certain: Set<Int>, perhaps: Set<Int>)] = [:]
  /// The keys of the last run's results, if it succeeded.
  private var last: Set<Int>?

  func state(of key: Int) -> State? { results[key] }

  /// Whether a result may be missing though it is there.
  func isDamaged(_ key: Int) -> Bool { values[key]?.contains { damaged[$0] != nil } ?? false }

  /// After a run in which all went well: all that it needed is there.
  mutating func succeeded(_ calls: [LawModel.Call: LawModel.Outcome], executed: Set<Int>) {
    var last: Set<Int> = []
    for (call, outcome) in calls where outcome.isStored {
      if executed.contains(outcome.key) { mend(outcome) }
      results[outcome.key] = .present
      values[outcome.key] = outcome.values
      names[call.name, default: ([], [])].certain.insert(outcome.key)
      last.insert(outcome.key)
    }
    self.last = last
  }

  /// Bytes that were found spoiled are replaced when the result is made again, lost ones whenever
  /// something gives them.
  private mutating func mend(_ outcome: LawModel.Outcome) {
    let wasPresent = results[outcome.key] == .present
    for value in outcome.values where damaged[value] == .lost || wasPresent {
      damaged[value] = nil
    }
  }

  /// After a run that failed or was cancelled.
  ///
  /// - Parameters:
  ///   - began: The calls whose bodies began.
  ///   - ended: The names of the nodes that are reported as executed.
  mutating func stopped(
    _ calls: [LawModel.Call: LawModel.Outcome], began: [LawModel.Call], ended: Set<String>
  ) {
    last = nil
    for (call, outcome) in calls where outcome.isStored {
      names[call.name, default: ([], [])].perhaps.insert(outcome.key)
      guard began.contains(call), results[outcome.key] != .present else { continue }
      results[outcome.key] = ended.contains(call.name) ? .present : .perhaps
      values[outcome.key] = outcome.values
    }
  }

  mutating func damage(_ value: LawValue, _ damage: Damage) { damaged[value] = damage }

  mutating func invalidate(_ name: String) {
    guard let keys = names[name] else { return }
    for key in keys.perhaps where results[key] != nil { results[key] = .perhaps }
    for key in keys.certain { results[key] = nil }
  }

  /// After a clean-up: damaged results may have gone, and those of earlier runs if these were let go.
  mutating func collected(lastOnly: Bool) {
    for key in results.keys where isDamaged(key) { results[key] = .perhaps }
    guard lastOnly else { return }
    for key in results.keys where last?.contains(key) != true { results[key] = .perhaps }
    // Names may have forgotten what they stood for.
    for (name, keys) in names {
      let kept = keys.certain.intersection(last ?? [])
      names[name] = (kept, keys.perhaps.union(keys.certain).subtracting(kept))
    }
  }
}
