/// Makes a failing sequence as small as it gets while it still fails.
struct LawShrinking {
  /// Plays a sequence; says what is wrong, or nil.
  let failure: (LawSequence) async -> String?
  /// How many sequences may be tried.
  var limit = 3000

  func minimal(of sequence: LawSequence) async -> LawSequence {
    var (best, tried) = (sequence, 0)
    search: while true {
      for smaller in best.smaller where smaller.program.isWhole && smaller != best {
        tried += 1
        guard tried <= limit else { return best }
        if await failure(smaller) != nil {
          best = smaller
          continue search
        }
      }
      return best
    }
  }
}

extension LawSequence {
  /// Sequences that are simpler in one place, those that leave most out first.
  var smaller: [LawSequence] {
    var all: [LawSequence] = []
    func add(_ change: (inout LawSequence) -> Void) {
      var smaller = self
      change(&smaller)
      all.append(smaller)
    }
    for index in rounds.indices where rounds.count > 1 { add { $0.rounds.remove(at: index) } }
    for task in program.tasks { add { $0.program.apply(.remove(task.id)) } }
    for (index, round) in rounds.enumerated() {
      for edit in round.edits.indices { add { $0.rounds[index].edits.remove(at: edit) } }
      if index + 1 < rounds.count {
        add {
          $0.rounds[index + 1].edits.insert(contentsOf: round.edits, at: 0)
          $0.rounds.remove(at: index)
        }
      }
      for run in round.run.simpler { add { $0.rounds[index].run = run } }
      for (place, edit) in round.edits.enumerated() {
        for edit in edit.simpler { add { $0.rounds[index].edits[place] = edit } }
      }
    }
    for (place, task) in program.tasks.enumerated() {
      for task in task.simpler { add { $0.program.tasks[place] = task } }
    }
    if let last = program.files.indices.last {
      add { $0.program.files.removeLast() }
      if program.files[last] != 0 { add { $0.program.files[last] = 0 } }
    }
    if program.setting != 0 { add { $0.program.setting = 0 } }
    if program.seed != 0 { add { $0.program.seed = 0 } }
    if isOnDisk { add { $0.isOnDisk = false } }
    if hasObjects { add { $0.hasObjects = false } }
    return all
  }
}

extension LawRun {
  fileprivate var simpler: [LawRun] {
    let changes: [(inout LawRun) -> Void] = [
      { $0 = LawRun() }, { $0.backend = 0 }, { $0.failing = [] }, { $0.cancels = 0 },
      { $0.keepsGoing = false }, { $0.keepsValues = false }, { $0.loops = false },
      { $0.twice = false },
    ]
    return changes.map { change in
      var run = self
      change(&run)
      return run
    }.filter { $0 != self }
  }
}

extension LawEdit {
  fileprivate var simpler: [LawEdit] {
    switch self {
    case .input(let id, let place, let input): input.simpler.map { .input(id, at: place, $0) }
    case .add(let task): task.simpler.map { .add($0) }
    case .template(let id, let place, let code): code.simpler.map { .template(id, at: place, $0) }
    case .collect(lastOnly: true): [.collect(lastOnly: false)]
    case .version(let id, let value) where value > 2: [.version(id, 2)]
    case .fingerprint(let id, let value) where value > 2: [.fingerprint(id, 2)]
    case .spoil(let id): [.lose(id)]
    default: []
    }
  }
}

extension LawTask {
  fileprivate var simpler: [LawTask] {
    var all: [LawTask] = []
    func add(_ change: (inout LawTask) -> Void) {
      var task = self
      change(&task)
      all.append(task)
    }
    for index in inputs.indices { add { $0.inputs.remove(at: index) } }
    for (index, input) in inputs.enumerated() {
      for input in input.simpler { add { $0.inputs[index] = input } }
    }
    for code in code.simpler { add { $0.code = code } }
    if isList { add { $0.isList = false } }
    if ignored != 0 { add { $0.ignored = 0 } }
    return all
  }
}

extension LawInput {
  fileprivate var simpler: [LawInput] {
    var all = self == plain ? [] : [plain]
    switch self {
    case .either(let condition, let then, let otherwise):
      all += [.task(then), .task(otherwise), .task(condition)]
    case .constants(let values) where values.count > 1: all.append(.constants([values[0]]))
    case .array(let ids) where ids.count > 1: all += ids.map { .array([$0]) }
    case .joined(let ids): all += ids.map { .list($0) }
    case .each(let id, let template):
      all.append(.list(id))
      all += template.simpler.map { .each(id, $0) }
    case .eachOf(let values, let template):
      all += values.indices.map { index in
        var fewer = values
        fewer.remove(at: index)
        return .eachOf(fewer, template)
      }
      all += template.simpler.map { .eachOf(values, $0) }
    default: break
    }
    return all.filter { $0 != self }
  }
}

extension LawTemplate {
  fileprivate var simpler: [LawTemplate] {
    captured.indices.map { index in
      var template = self
      template.captured.remove(at: index)
      return template
    } + code.simpler.map { LawTemplate(code: $0, captured: captured) }
  }
}

extension LawCode {
  fileprivate var simpler: [LawCode] {
    let changes: [(inout LawCode) -> Void] = [
      { $0.cache = .stored }, { $0.version = 1 }, { $0.fingerprint = 1 }, { $0.function = 0 },
    ]
    return changes.map { change in
      var code = self
      change(&code)
      return code
    }.filter { $0 != self }
  }
}
