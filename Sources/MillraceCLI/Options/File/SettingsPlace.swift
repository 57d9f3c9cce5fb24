import MillraceGraph

/// A value of `millrace.json` and where it stands.
struct SettingsPlace {
  /// The names that lead to it.
  var path: [String] = []
  var value: JSONValue

  /// Says that something is wrong here.
  ///
  /// - Parameter text: What follows `'profiles.server.jobs' `.
  func problem(_ text: String) -> Settings.Problem {
    let name = path.isEmpty ? "The file" : "'\(path.joined(separator: "."))'"
    return Settings.Problem("\(SettingsFile.name), line \(value.line): \(name) \(text)")
  }

  // MARK: Kinds of values

  func text(like example: String) throws(Settings.Problem) -> String {
    guard case .text(let text) = value.content else { throw wrongKind("a text", example) }
    return text
  }

  /// The number as it is written.
  func number(like example: String) throws(Settings.Problem) -> String {
    guard case .number(let text) = value.content else { throw wrongKind("a number", example) }
    return text
  }

  /// A number, or a text with a unit, as it is written.
  func amount(like example: String) throws(Settings.Problem) -> String {
    switch value.content {
    case .number(let text), .text(let text): return text
    default: throw wrongKind("a number, or a text with a unit", example)
    }
  }

  func flag() throws(Settings.Problem) -> Bool {
    guard case .bool(let flag) = value.content else { throw wrongKind("true or false", nil) }
    return flag
  }

  /// The members of an object, in their order.
  func members(
    like example: String
  ) throws(Settings.Problem) -> [(name: String, place: SettingsPlace)] {
    guard case .object(let members) = value.content else { throw wrongKind("an object", example) }
    return members.map { ($0.name, SettingsPlace(path: path + [$0.name], value: $0.value)) }
  }

  private func wrongKind(_ kind: String, _ example: String?) -> Settings.Problem {
    problem("is \(value.kind); it takes \(kind)\(example.map { ", such as \($0)" } ?? "").")
  }

  /// Says that there is no setting of this name.
  func unknown(among names: [String]) -> Settings.Problem {
    let near = NameSuggestions.nearest(to: path.last ?? "", in: names, limit: 1).first
    let all = names.map { "'\($0)'" }.joined(separator: ", ")
    return problem(
      "is no setting.\(near.map { " Did you mean '\($0)'?" } ?? "") There are \(all).")
  }

  /// What an option would make of a text.
  func parsed<Choice>(
    _ text: String, _ parse: (String) throws(Settings.Problem) -> Choice
  ) throws(Settings.Problem) -> Choice {
    do {
      return try parse(text)
    } catch {
      throw problem("cannot be used. \(error)")
    }
  }
}
