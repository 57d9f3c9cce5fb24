import Millrace
import MillraceCoding

@testable import MillraceEngine

/// Plays a sequence, and compares each run with the model.
final class LawPlay {
  private let sequence: LawSequence
  private let lie: LawLie?
  private var program: LawProgram
  private let model = LawModel()
  private let stage: LawStage
  private var knowledge = LawKnowledge()
  private var graphs = 0
  /// Which keys of the engine and the model were seen to belong together.
  private var keys: [Key: Int] = [:]
  private var numbers: [Int: Key] = [:]
  private var digests: [Digest: LawValue] = [:]
  /// How many stored bodies ran, and how many of the model's calls were found.
  private(set) var executed = 0
  private(set) var found = 0

  init(_ sequence: LawSequence, lie: LawLie? = nil) throws {
    self.sequence = sequence
    self.lie = lie
    program = sequence.program
    stage = try LawStage(sequence)
  }

  /// - Throws: ``Violation`` if the law does not hold.
  func play() async throws {
    for (number, round) in sequence.rounds.enumerated() {
      do {
        for edit in round.edits { try apply(edit) }
        try await run(round.run)
        if round.run.twice {
          var again = round.run
          (again.failing, again.cancels) = ([], 0)
          let before = executed
          try await run(again)
          if round.run.isWhole, executed != before {
            throw Violation("a second run with nothing changed executed something")
          }
        }
      } catch {
        throw Violation("round \(number + 1): \(error)")
      }
    }
    try await runClean()
  }

  private func apply(_ edit: LawEdit) throws {
    program.apply(edit)
    switch edit {
    case .write(let file, let content):
      if program.files.indices.contains(file) { try stage.write(content, to: file) }
    case .lose(let task): try damage("n\(task)", .lost)
    case .spoil(let task): try damage("n\(task)", .spoiled)
    case .loseBesides(let task): try damage("n\(task)::besides", .lost)
    case .invalidate(let task):
      try stage.store.invalidate(name: "graph/n\(task)", reason: "an edit")
      knowledge.invalidate("n\(task)")
    case .collect(let lastOnly):
      try stage.store.collectGarbage(RetentionPolicy(keepLast: lastOnly ? 1 : nil))
      knowledge.collected(lastOnly: lastOnly)
    case .reopen: try stage.reopen()
    default: break
    }
  }

  private func damage(_ name: String, _ damage: LawKnowledge.Damage) throws {
    guard let digest = try stage.damage(name, damage) else { return }
    guard let value = digests[digest] else {
      throw Violation("\(name) stands for bytes that nothing gives")
    }
    knowledge.damage(value, damage)
  }

  /// In a new store, everything runs once and gives the same artifacts.
  private func runClean() async throws {
    var run = LawRun()
    run.backend = sequence.rounds.last?.run.backend ?? 0
    try await self.run(run)
    let incremental = artifacts
    try stage.empty()
    knowledge = LawKnowledge()
    try await self.run(run)
    // What a task saves that is not stored itself is what it saved when it ran last.
    let stored = model.evaluate(program).calls.filter(\.value.isStored).keys
    let besides = Set(stored.map { "graph/\($0.name)::besides" })
    for (name, artifact) in artifacts where incremental[name] != artifact {
      if name.hasSuffix("::besides"), !besides.contains(name) { continue }
      throw Violation("a clean run gives \(name) another artifact")
    }
  }

  private var artifacts: [String: Digest] {
    Dictionary(uniqueKeysWithValues: stage.store.names().map { ($0.name, $0.artifact) })
  }

  private func run(_ run: LawRun) async throws {
    let expected = model.evaluate(program).calls
    for value in expected.values.flatMap(\.values) { digests[try value.digest] = value }
    graphs += 1
    let bodies = LawBodies(run)
    let made = LawGraph(
      program, bodies, file: { [stage] in stage.path(ofFile: $0) }, lie: lie, mark: graphs)
    let (setting, seed) = (program.setting, program.seed)
    var options = RunOptions()
    options.environment = { $0 == LawDefinition.variable ? "\(setting)" : nil }
    options.seed = UInt64(seed)
    options.failurePolicy = run.keepsGoing ? .keepGoing : .failFast
    if run.keepsValues { options.keepingValues = made.graph.leaves }
    if run.loops { options.shortestLoop = 1 }
    let backend = BackendKind.all[run.backend].backend
    let result = try await made.graph.run(on: backend, in: stage.store, options: options)
    let check = LawCheck(model, expected, knowledge, bodies)
    try check.requireNothingUnneeded()
    executed += check.executed.count
    found += expected.values.count { $0.isStored } - check.executed.count
    guard result.status == .succeeded else {
      guard !bodies.threw.isEmpty || run.cancels > 0 else {
        throw Violation("the run \(result.status): \(result.failures)")
      }
      let ended = result.reports().filter { $0.state == .executed }.map(\.name)
      knowledge.stopped(expected, began: bodies.began, ended: Set(ended))
      return
    }
    if !bodies.threw.isEmpty { throw Violation("a body threw, and the run succeeded") }
    try check.requireAllNeeded()
    try check.requireNothingIdle(program)
    knowledge.succeeded(expected, executed: check.executed)
    try requireArtifacts(expected)
    for leaf in program.leaves {
      guard let outcome = expected[LawModel.Call(task: leaf.id)],
        run.keepsValues || (outcome.isStored && !knowledge.isDamaged(outcome.key))
      else { continue }
      let (value, expected) = (try made.value(of: leaf.id, in: result), outcome.value)
      guard value == expected else {
        throw Violation("n\(leaf.id) is \(value as Any), not \(expected)")
      }
    }
  }

  /// What is stored under each name is what the model says, and keys are equal where the model's are.
  private func requireArtifacts(_ expected: [LawModel.Call: LawModel.Outcome]) throws {
    let bindings = Dictionary(
      uniqueKeysWithValues: stage.store.names().map { ($0.name, $0) })
    for (call, outcome) in expected where outcome.isStored {
      let names = ["graph/\(call.name)", "graph/\(call.name)::besides"]
      for (name, value) in zip(names, outcome.values) {
        // Copies for equal elements share what is stored, and have names of their own.
        guard let binding = bindings[name] else {
          if call.element != nil { continue }
          throw Violation("\(name) has no artifact")
        }
        guard binding.artifact == (try value.digest) else {
          let found = digests[binding.artifact].map { "\($0)" } ?? "what nothing gives"
          throw Violation("\(name) is \(found), not \(value)")
        }
      }
      if let binding = bindings[names[0]] { try match(binding.key, outcome.key, of: call) }
    }
  }

  private func match(_ key: Key, _ number: Int, of call: LawModel.Call) throws {
    guard keys[key, default: number] == number, numbers[number, default: key] == key else {
      throw Violation(
        "\(call.name) has a key that is equal where the model's is not, or not where it is")
    }
    (keys[key], numbers[number]) = (number, key)
  }
}

extension LawValue {
  /// The digest of the value's artifact.
  fileprivate var digest: Digest {
    get throws {
      switch self {
      case .number(let number): .sha256(try CBOR.encode(number))
      case .list(let list): .sha256(try CBOR.encode(list))
      }
    }
  }
}
