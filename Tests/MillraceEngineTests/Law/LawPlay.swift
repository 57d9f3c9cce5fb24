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
    case .lose(let task): try damage(task, .lost)
    case .spoil(let task): try damage(task, .spoiled)
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

  private func damage(_ task: Int, _ damage: LawKnowledge.Damage) throws {
    guard let digest = try stage.damage(task, damage) else { return }
    guard let value = digests[digest] else {
      throw Violation("n\(task) stands for bytes that nothing gives")
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
    for (name, artifact) in artifacts where incremental[name] != artifact {
      throw Violation("a clean run gives \(name) another artifact")
    }
  }

  private var artifacts: [String: Digest] {
    Dictionary(uniqueKeysWithValues: stage.store.names().map { ($0.name, $0.artifact) })
  }

  private func run(_ run: LawRun) async throws {
    let expected = model.evaluate(program).calls
    for outcome in expected.values { try note(outcome.value) }
    graphs += 1
    let bodies = LawBodies(run)
    let made = LawGraph(
      program, bodies, file: { [stage] in stage.path(ofFile: $0) }, lie: lie, mark: graphs)
    var options = RunOptions()
    options.failurePolicy = run.keepsGoing ? .keepGoing : .failFast
    if run.keepsValues { options.keepingValues = made.graph.leaves }
    if run.loops { options.shortestLoop = 1 }
    let backend = BackendKind.all[run.backend].backend
    let result = try await made.graph.run(on: backend, in: stage.store, options: options)
    let check = LawCheck(model, expected, knowledge, bodies.began)
    try check.requireNothingUnneeded()
    executed += check.executed.count
    found += expected.values.count { $0.isStored } - check.executed.count
    guard result.status == .succeeded else {
      guard bodies.threw || run.cancels > 0 else {
        throw Violation("the run \(result.status): \(result.failures)")
      }
      let ended = result.reports().filter { $0.state == .executed }.map(\.name)
      knowledge.stopped(expected, began: bodies.began, ended: Set(ended))
      return
    }
    if bodies.threw { throw Violation("a body threw, and the run succeeded") }
    try check.requireAllNeeded()
    knowledge.succeeded(expected, executed: check.executed)
    try requireArtifacts(expected)
    guard run.keepsValues else { return }
    for leaf in program.leaves {
      let value = try made.value(of: leaf.id, in: result)
      let expected = expected[LawModel.Call(task: leaf.id)]?.value
      if value != expected { throw Violation("n\(leaf.id) is \(value as Any), not \(expected as Any)") }
    }
  }

  private func note(_ value: LawValue) throws { digests[try value.digest] = value }

  /// What is stored under each name is what the model says, and keys are equal where the model's are.
  private func requireArtifacts(_ expected: [LawModel.Call: LawModel.Outcome]) throws {
    let bindings = Dictionary(
      uniqueKeysWithValues: stage.store.names().map { ($0.name, $0) })
    for (call, outcome) in expected where outcome.isStored {
      // Of equal elements, one has the plain name or each has another.
      guard let binding = bindings["graph/\(call.name)"] else {
        if call.element != nil { continue }
        throw Violation("\(call.name) has no artifact")
      }
      guard binding.artifact == (try outcome.value.digest) else {
        let value = digests[binding.artifact]
        throw Violation("\(call.name) is \(value as Any), not \(outcome.value)")
      }
      let number = keys[binding.key] ?? outcome.key
      let key = numbers[outcome.key] ?? binding.key
      guard number == outcome.key, key == binding.key else {
        throw Violation("\(call.name) has a key that is equal where the model's is not, or not where it is")
      }
      (keys[binding.key], numbers[outcome.key]) = (outcome.key, binding.key)
    }
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
