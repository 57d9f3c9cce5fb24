/// What is given to one parameter; tasks by their identifiers.
enum LawInput: Hashable, CustomStringConvertible {
  // Numbers.
  case constant(Int)
  case task(Int)
  /// A member of a list: how many elements it has.
  case count(Int)
  /// One of two tasks, by whether a third one's value is odd.
  case either(Int, then: Int, otherwise: Int)
  // Lists.
  case list(Int)
  case constants([Int])
  /// An array of tasks.
  case array([Int])
  /// The elements of several tasks' lists.
  case joined([Int])
  /// A call for each element of a task's list, or of a constant one.
  case each(Int, LawTemplate)
  case eachOf([Int], LawTemplate)
  // A file.
  case file(Int)

  /// The tasks that it names.
  var tasks: [Int] {
    switch self {
    case .constant, .constants, .file: []
    case .task(let id), .count(let id), .list(let id): [id]
    case .either(let condition, let then, let otherwise): [condition, then, otherwise]
    case .array(let ids), .joined(let ids): ids
    case .each(let id, let template): [id] + template.captured
    case .eachOf(_, let template): template.captured
    }
  }

  /// The tasks that must give lists.
  var lists: [Int] {
    switch self {
    case .count(let id), .list(let id), .each(let id, _): [id]
    case .joined(let ids): ids
    default: []
    }
  }

  /// What the parameter's type is called.
  var type: String {
    switch self {
    case .constant, .task, .count, .either: "Int"
    case .file: "InputFile"
    default: "[Int]"
    }
  }

  var template: LawTemplate? {
    switch self {
    case .each(_, let template), .eachOf(_, let template): template
    default: nil
    }
  }

  /// The simplest input of the type.
  var plain: LawInput {
    switch type {
    case "Int": .constant(0)
    case "InputFile": .file(0)
    default: .constants([])
    }
  }

  var description: String {
    func names(_ ids: [Int]) -> String { ids.map { "n\($0)" }.joined(separator: ", ") }
    return switch self {
    case .constant(let value): "\(value)"
    case .task(let id), .list(let id): "n\(id)"
    case .count(let id): "n\(id).count"
    case .either(let condition, let then, let otherwise):
      "n\(condition) is odd ? n\(then) : n\(otherwise)"
    case .constants(let values): "\(values)"
    case .array(let ids): "[\(names(ids))]"
    case .joined(let ids): "flatten([\(names(ids))])"
    case .each(let id, let template): "n\(id).map { \(template) }"
    case .eachOf(let values, let template): "\(values).map { \(template) }"
    case .file(let number): "file \(number)"
    }
  }
}

/// What is called for each element.
struct LawTemplate: Hashable, CustomStringConvertible {
  var code: LawCode
  /// Tasks whose values each call gets besides the element.
  var captured: [Int] = []

  var description: String {
    "\(code)(\((["$0"] + captured.map { "n\($0)" }).joined(separator: ", ")))"
  }
}
