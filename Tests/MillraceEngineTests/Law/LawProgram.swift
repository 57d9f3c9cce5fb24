/// A small pipeline as a value: what is computed from what, and all that may change about it.
struct LawProgram: Hashable, CustomStringConvertible {
  /// A task uses tasks before it alone.
  var tasks: [LawTask] = []
  /// The content of each input file.
  var files: [Int] = []
  /// The value of an environment variable.
  var setting = 0
  /// The seed of random numbers.
  var seed = 0

  func task(_ id: Int) -> LawTask? { tasks.first { $0.id == id } }
  func place(of id: Int) -> Int? { tasks.firstIndex { $0.id == id } }

  /// The tasks that no other uses: what a run is asked for.
  var leaves: [LawTask] {
    let used = Set(tasks.flatMap { $0.inputs.flatMap(\.tasks) })
    return tasks.filter { !used.contains($0.id) }
  }

  var description: String {
    let lines = tasks.map { "  \($0)" } + files.indices.map { "  file \($0) = \(files[$0])" }
    let numbers = [("variable", setting), ("seed", seed)].filter { $0.1 != 0 }
    return (lines + numbers.map { "  \($0) = \($1)" }).joined(separator: "\n")
  }
}

/// A call of one of a few functions.
struct LawTask: Hashable, CustomStringConvertible {
  var id: Int
  var code: LawCode
  /// Whether it gives a list of numbers instead of a number.
  var isList = false
  var inputs: [LawInput] = []
  /// The value of a parameter that is no part of the key.
  var ignored = 0

  var description: String {
    let arguments = inputs.map(\.description).joined(separator: ", ")
    let ignored = ignored == 0 ? "" : " ignoring \(ignored)"
    return "n\(id) = \(code)\(isList ? "s" : "")(\(arguments))\(ignored)"
  }
}

/// What a task computes, as far as its declaration says so.
struct LawCode: Hashable, CustomStringConvertible {
  enum Cache: Hashable, CaseIterable { case stored, transient, off }

  /// Which function it is; two calls of one are of one task.
  var function = 0
  var version = 1
  var fingerprint = 1
  var cache = Cache.stored

  // What else a declaration can say is a matter of the function.

  /// Whether an environment variable counts.
  var usesSetting: Bool { function % 4 == 3 }
  /// Whether the seed counts.
  var isRandom: Bool { function % 4 == 1 }
  /// Whether another number is saved besides, where the value is a number.
  var saves: Bool { function % 4 == 2 }

  /// Of few values, so that a changed task often gives what it gave before.
  private var range: Int { [2, 3, 7, 1000][function % 4] }

  /// The number that a clean run gives.
  ///
  /// - Parameter setting: The variable's value; not used where it does not count.
  func number(_ inputs: [LawValue], _ setting: Int) -> Int {
    var sum = function &* 31 &+ version &* 7 &+ fingerprint &* 5
    if usesSetting { sum = sum &+ setting &* 11 }
    for input in inputs {
      sum = sum &* 13 &+ 1
      switch input {
      case .number(let number): sum = sum &+ number
      case .list(let list): for number in list { sum = sum &* 3 &+ number &+ 1 }
      }
      sum %= 1_000_003
    }
    return sum % range
  }

  func list(_ inputs: [LawValue], _ setting: Int) -> [Int] {
    let number = number(inputs, setting)
    return (0..<(number + version) % 5).map { ($0 * 2 + number) % 4 }
  }

  var description: String {
    "\(["f", "g", "h", "k"][function % 4])\(version == 1 ? "" : ".v\(version)")"
      + (fingerprint == 1 ? "" : ".p\(fingerprint)") + (cache == .stored ? "" : ".\(cache)")
  }
}

enum LawValue: Hashable, CustomStringConvertible {
  case number(Int)
  case list([Int])

  var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .list(let list): "\(list)"
    }
  }
}
