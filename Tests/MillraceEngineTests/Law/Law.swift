/// Plays sequences, and makes what fails small.
enum Law {
  /// What breaks the law in a sequence; nil if nothing does.
  static func failure(_ sequence: LawSequence, lie: LawLie? = nil) async -> String? {
    do {
      try await LawPlay(sequence, lie: lie).play()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The smallest sequence that breaks the law as one of a seed does, with what is said of it.
  static func failure(seed: UInt64, lie: LawLie? = nil) async -> String? {
    let sequence = LawGenerator.sequence(seed: seed)
    guard let first = await failure(sequence, lie: lie) else { return nil }
    let minimal = await shrunk(sequence, lie: lie)
    let last = await failure(minimal, lie: lie) ?? "it did not fail again; at first: \(first)"
    return """
      the law does not hold: \(last)
      \(minimal)
      It is seed \(seed); play it again with
      MILLRACE_LAW=1 MILLRACE_LAW_SEED=\(seed) swift test --filter IncrementalLawTests
      """
  }

  static func shrunk(_ sequence: LawSequence, lie: LawLie? = nil) async -> LawSequence {
    await LawShrinking { await failure($0, lie: lie) }.minimal(of: sequence)
  }
}
