import Testing

/// The law can be broken, and then says how in as few words as there are.
///
/// Each lie leaves a part out of the keys of a graph, or makes them differ, as a mistake in the engine
/// would.
@Suite(.timeLimit(.minutes(10))) struct LawBreakingTests {
  /// A program of several tasks, of which one or two are concerned.
  private static let program = LawProgram(
    tasks: [
      LawTask(id: 1, code: LawCode(), inputs: [.constant(1), .file(0)]),
      LawTask(id: 2, code: LawCode(function: 3), isList: true, inputs: [.task(1)]),
      LawTask(id: 3, code: LawCode(function: 1), inputs: [.constant(2), .list(2), .count(2)]),
      LawTask(id: 4, code: LawCode(function: 2), inputs: [.task(1), .task(3)]),
    ],
    files: [1])

  private static func sequence(_ edit: LawEdit) -> LawSequence {
    var run = LawRun()
    (run.backend, run.keepsGoing, run.keepsValues) = (2, true, true)
    return LawSequence(
      program: program,
      rounds: [
        LawRound(edits: [.ignored(2, 3)], run: run),
        LawRound(edits: [.reopen, edit, .ignored(4, 1)], run: run),
        LawRound(edits: [], run: run),
      ])
  }

  @Test(
    arguments: [
      (LawLie.version, LawEdit.version(3, 3), "n3: version 2"),
      (.fingerprint, .fingerprint(3, 3), "n3: fingerprint 2"),
      (.firstInput, .input(3, at: 0, .constant(9)), "n3: input 0 is 0"),
      (.files, .write(0, 2), "write 2 to file 0"),
    ])
  func `what is left out of a key is found, and shrunk to one edit of one task`(
    lie: LawLie, edit: LawEdit, said: String
  ) async throws {
    let sequence = Self.sequence(edit)
    #expect(await Law.failure(sequence) == nil)
    let failure = try #require(await Law.failure(sequence, lie: lie))
    #expect(failure.contains("was not executed, and its result was never made"))
    let minimal = await Law.shrunk(sequence, lie: lie)
    #expect(minimal.program.tasks.count == 1, "\(minimal)")
    #expect(minimal.rounds.count == 2 && minimal.rounds[0].edits.isEmpty, "\(minimal)")
    #expect(minimal.rounds[1].lines == [said, "run on local"])
  }

  @Test func `a task that runs again without need is found, and shrunk to one run`() async throws {
    let sequence = Self.sequence(.version(1, 2))
    let failure = try #require(await Law.failure(sequence, lie: .neverTheSame))
    #expect(failure.contains("though the store has its result"))
    let minimal = await Law.shrunk(sequence, lie: .neverTheSame)
    #expect(
      "\(minimal)" == """
        program, store in memory
          n4 = f()
        round 1
          run on local
        """)
  }

  @Test(arguments: [LawLie.version, .fingerprint, .firstInput, .files, .neverTheSame])
  func `random sequences find each lie`(lie: LawLie) async {
    for seed in 1...200 as ClosedRange<UInt64> {
      guard await Law.failure(LawGenerator.sequence(seed: seed), lie: lie) != nil else { continue }
      return
    }
    Issue.record("no sequence found \(lie)")
  }

  @Test func `a seed makes one sequence, and seeds differ`() {
    let sequences = (1...50 as ClosedRange<UInt64>).map { LawGenerator.sequence(seed: $0) }
    #expect(sequences == (1...50).map { LawGenerator.sequence(seed: $0) })
    #expect(Set(sequences).count == 50)
    #expect(sequences.allSatisfy { $0.program.isWhole })
  }
}
