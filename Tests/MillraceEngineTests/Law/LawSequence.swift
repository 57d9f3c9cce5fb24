/// A program, and what happens to it and its store from run to run.
struct LawSequence: Hashable, CustomStringConvertible {
  var program: LawProgram
  var rounds: [LawRound]
  /// Whether the store is a folder instead of memory.
  var isOnDisk = false
  /// Whether every artifact is an object of its own, which can be lost.
  var hasObjects = true

  var description: String {
    let rounds = rounds.enumerated().map { number, round in
      "round \(number + 1)\n" + round.lines.map { "  \($0)" }.joined(separator: "\n")
    }
    let store = "\(isOnDisk ? "on disk" : "in memory")\(hasObjects ? ", objects" : "")"
    return (["program, store \(store)", "\(program)"] + rounds).joined(separator: "\n")
  }
}

/// Some edits, and a run.
struct LawRound: Hashable {
  var edits: [LawEdit] = []
  var run = LawRun()

  var lines: [String] { edits.map { "\($0)" } + ["\(run)"] }
}

/// How a run is made.
struct LawRun: Hashable, CustomStringConvertible {
  /// The place in `BackendKind.all`.
  var backend = 0
  /// Tasks whose bodies throw; 100 is added for bodies of templates.
  var failing: Set<Int> = []
  /// The body that cancels the run, by its place in the order of beginning; 0 for none.
  var cancels = 0
  var keepsGoing = false
  /// Whether the leaves' values are asked for.
  var keepsValues = false
  /// Whether short lists run in loops too.
  var loops = false
  /// Whether it is done twice; the second time nothing has failed.
  var twice = false

  /// Whether all bodies return.
  var isWhole: Bool { failing.isEmpty && cancels == 0 }

  var description: String {
    var words = ["run on \(BackendKind.all[backend].testDescription)"]
    if !failing.isEmpty { words.append("failing \(failing.sorted())") }
    if cancels > 0 { words.append("cancelled by body \(cancels)") }
    if keepsGoing { words.append("keeping going") }
    if keepsValues { words.append("keeping values") }
    if loops { words.append("in loops") }
    if twice { words.append("twice") }
    return words.joined(separator: ", ")
  }
}

/// A change of the program, or of what the store holds.
enum LawEdit: Hashable, CustomStringConvertible {
  case version(Int, Int)
  case fingerprint(Int, Int)
  case cache(Int, LawCode.Cache)
  case ignored(Int, Int)
  /// Another input for a parameter.
  case input(Int, at: Int, LawInput)
  case template(Int, at: Int, LawCode)
  case add(LawTask)
  case remove(Int)
  case setting(Int)
  case seed(Int)
  /// A file is written, with the same content or another.
  case write(Int, Int)
  /// The object of a task's result is lost, or gets other bytes.
  case lose(Int)
  case spoil(Int)
  /// The object of what it saved besides is lost.
  case loseBesides(Int)
  case invalidate(Int)
  /// Results go that nothing needs; of all runs but the last, or of none.
  case collect(lastOnly: Bool)
  /// As another process would, the store is opened anew.
  case reopen

  var description: String {
    switch self {
    case .version(let id, let value): "n\(id): version \(value)"
    case .fingerprint(let id, let value): "n\(id): fingerprint \(value)"
    case .cache(let id, let cache): "n\(id): cache \(cache)"
    case .ignored(let id, let value): "n\(id): ignored parameter \(value)"
    case .input(let id, let place, let input): "n\(id): input \(place) is \(input)"
    case .template(let id, let place, let code): "n\(id): template \(place) calls \(code)"
    case .add(let task): "add \(task)"
    case .remove(let id): "remove n\(id)"
    case .setting(let value): "variable is \(value)"
    case .seed(let value): "seed is \(value)"
    case .write(let file, let content): "write \(content) to file \(file)"
    case .lose(let id): "lose the object of n\(id)"
    case .spoil(let id): "spoil the object of n\(id)"
    case .loseBesides(let id): "lose the object of what n\(id) saves besides"
    case .invalidate(let id): "invalidate n\(id)"
    case .collect(let lastOnly): "gc\(lastOnly ? ", keeping the last run" : "")"
    case .reopen: "open the store anew"
    }
  }
}
