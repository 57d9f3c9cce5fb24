import Millrace

/// Makes programs and what happens to them, by a seed alone.
struct LawGenerator {
  private var random: SeededRandom
  private var program = LawProgram()
  private var next = 0
  /// Whether there is nothing but stored tasks that use numbers, which go the engine's short way.
  private var isPlain = false

  static func sequence(seed: UInt64) -> LawSequence {
    var generator = LawGenerator(random: SeededRandom(seed: seed))
    return generator.sequence()
  }

  private init(random: SeededRandom) { self.random = random }

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  private mutating func once(in count: Int) -> Bool { below(count) == 0 }

  private mutating func sequence() -> LawSequence {
    isPlain = once(in: 4)
    if !isPlain { program.files = (0..<below(3)).map { _ in below(3) } }
    for _ in 0..<(2 + below(9)) { program.apply(.add(task())) }
    var sequence = LawSequence(program: program, rounds: [LawRound(edits: [], run: run())])
    sequence.isOnDisk = once(in: 12)
    sequence.hasObjects = !once(in: 3)
    for _ in 0..<(1 + below(5)) {
      var round = LawRound()
      for _ in 0..<below(4) {
        guard let edit = edit() else { continue }
        program.apply(edit)
        round.edits.append(edit)
      }
      round.run = run()
      sequence.rounds.append(round)
    }
    return sequence
  }

  private mutating func run() -> LawRun {
    var run = LawRun()
    run.backend = below(BackendKind.all.count)
    if once(in: 6), let task = program.tasks.randomElement(using: &random) {
      run.failing = [task.id + (once(in: 3) ? 100 : 0)]
    }
    if once(in: 10) { run.cancels = 1 + below(6) }
    run.keepsGoing = once(in: 2)
    run.keepsValues = once(in: 2)
    run.loops = once(in: 3)
    run.twice = once(in: 4)
    return run
  }

  // MARK: Tasks

  private mutating func code() -> LawCode {
    var code = LawCode(function: isPlain ? [0, 1, 3][below(3)] : below(4))
    if !isPlain { code.cache = [.stored, .stored, .stored, .transient, .off][below(5)] }
    return code
  }

  private mutating func task() -> LawTask {
    next += 1
    var task = LawTask(id: next, code: code(), isList: !isPlain && once(in: 4))
    for _ in 0..<below(4) { task.inputs.append(input(before: program.tasks.count)) }
    return task
  }

  /// The identifiers of tasks before a place that give lists or numbers.
  private func ids(_ isList: Bool, before place: Int) -> [Int] {
    program.tasks[..<place].filter { $0.isList == isList }.map(\.id)
  }

  private mutating func input(before place: Int) -> LawInput {
    once(in: 3) && !isPlain ? listInput(before: place) : numberInput(before: place)
  }

  private mutating func numberInput(before place: Int) -> LawInput {
    let (numbers, lists) = (ids(false, before: place), ids(true, before: place))
    func one(_ ids: [Int], _ random: inout SeededRandom) -> Int {
      ids.randomElement(using: &random) ?? 0
    }
    switch below(isPlain ? 5 : 8) {
    case 0: return .constant(below(4))
    case 5 where !lists.isEmpty: return .count(one(lists, &random))
    case 6 where !numbers.isEmpty:
      return .either(
        one(numbers, &random), then: one(numbers, &random), otherwise: one(numbers, &random))
    case 7 where !program.files.isEmpty: return .file(below(program.files.count))
    case _ where !numbers.isEmpty: return .task(one(numbers, &random))
    default: return .constant(below(4))
    }
  }

  private mutating func some(_ ids: [Int]) -> [Int] {
    (0..<(1 + below(3))).compactMap { _ in ids.randomElement(using: &random) }
  }

  private mutating func listInput(before place: Int) -> LawInput {
    let (numbers, lists) = (ids(false, before: place), ids(true, before: place))
    let constants = (0..<below(4)).map { _ in below(4) }
    switch below(6) {
    case 0 where !lists.isEmpty: return .list(lists[below(lists.count)])
    case 1 where !numbers.isEmpty: return .array(some(numbers))
    case 2 where !lists.isEmpty: return .joined(some(lists))
    case 3 where !lists.isEmpty: return .each(lists[below(lists.count)], template(numbers))
    case 5: return .constants(constants)
    default: return .eachOf(constants, template(numbers))
    }
  }

  private mutating func template(_ numbers: [Int]) -> LawTemplate {
    LawTemplate(code: code(), captured: once(in: 2) && !numbers.isEmpty ? some(numbers) : [])
  }

  // MARK: Edits

  private mutating func edit() -> LawEdit? {
    guard let task = program.tasks.randomElement(using: &random),
      let place = program.place(of: task.id)
    else { return nil }
    switch below(22) {
    case 0, 1: return .version(task.id, 1 + below(3))
    case 2, 3: return .fingerprint(task.id, 1 + below(3))
    case 4: return isPlain ? nil : .cache(task.id, LawCode.Cache.allCases[below(3)])
    case 5: return .ignored(task.id, below(5))
    case 6, 7, 8, 9: return inputEdit(of: task, at: place)
    case 10: return .add(self.task())
    case 11: return program.tasks.count > 2 ? .remove(task.id) : nil
    case 12, 13:
      return program.files.isEmpty ? nil : .write(below(program.files.count), below(3))
    case 14, 15: return .lose(task.id)
    case 16: return once(in: 3) ? .loseBesides(task.id) : .spoil(task.id)
    case 17: return .invalidate(task.id)
    case 18: return .collect(lastOnly: once(in: 2))
    case 19: return .setting(below(3))
    case 20: return .seed(below(3))
    default: return .reopen
    }
  }

  private mutating func inputEdit(of task: LawTask, at place: Int) -> LawEdit? {
    guard !task.inputs.isEmpty else { return nil }
    let index = below(task.inputs.count)
    if task.inputs[index].template != nil, once(in: 2) {
      var code = code()
      code.version = 1 + below(3)
      return .template(task.id, at: index, code)
    }
    return .input(task.id, at: index, input(before: place))
  }
}
