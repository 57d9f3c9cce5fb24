/// A small pipeline as a value: what is computed from what, and all that may change about it.
struct LawProgram: Hashable, CustomStringConvertible {
  /// A task uses tasks before it alone.
  var tasks: [LawTask] = []
  /// The content of each input file.
  var files: [Int] = []

  func task(_ id: Int) -> LawTask? { tasks.first { $0.id == id } }
  func place(of id: Int) -> Int? { tasks.firstIndex { $0.id == id } }

  /// The tasks that no other uses: what a run is asked for.
  var leaves: [LawTask] {
    let used = Set(tasks.flatMap { $0.inputs.flatMap(\.tasks) })
    return tasks.filter { !used.contains($0.id) }
  }

  var description: String {
    let lines = tasks.map { "  \($0)" } + files.indices.map { "  file \($0) = \(files[$0])" }
    return lines.joined(separator: "\n")
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

  /// Of few values, so that a changed task often gives what it gave before.
  private var range: Int { [2, 3, 7, 1000][function % 4] }

  /// The number that a clean run gives.
  func number(_ inputs: [LawValue]) -> Int {
    var sum = function &* 31 &+ version &* 7 &+ fingerprint &* 5
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

  func list(_ inputs: [LawValue]) -> [Int] {
    let number = number(inputs)
    return (0..<(number + version) % 5).map { ($0 * 2 + number) % 4 }
  }

  var description: String {
    "\(["f", "g", "h", "k"][function % 4])\(version == 1 ? "" : ".v\(version)")"
      + (fingerprint == 1 ? "" : ".p\(fingerprint)") + (cache == .stored ? "" : ".\(cache)")
  }
}

enum LawValue: Hashable {
  case number(Int)
  case list([Int])
}
