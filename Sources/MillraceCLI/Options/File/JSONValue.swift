/// A value of a JSON text, with the line that it begins in.
///
/// Foundation's decoder is not used: it passes over members that it was not asked for, and says in no error
/// where in the text it is.
struct JSONValue: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case null
    case bool(Bool)
    /// As it is written.
    case number(String)
    case text(String)
    case list([JSONValue])
    /// In their order; no two have the same name.
    case object([Member])
  }

  struct Member: Equatable, Sendable {
    var name: String
    var value: JSONValue
  }

  var content: Content
  /// From 1.
  var line: Int

  /// What kind of value it is, for messages.
  var kind: String {
    switch content {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}
