import SwiftSyntax

/// The elements of a tuple type, which no protocol can name: the macro writes how such a value is taken
/// apart and put together.
struct TupleShape: Equatable {
  struct Element: Equatable {
    /// As it is written; nil for one without.
    var label: String?
    var type: WrittenType

    /// What reads it from a value or a node.
    func member(at position: Int) -> String { label ?? "\(position)" }
  }

  var elements: [Element]

  /// - Returns: Nil for a type that is no tuple of two or more.
  init?(_ type: TypeSyntax, in scope: NameScope) {
    var type = type
    if let attributed = type.as(AttributedTypeSyntax.self) { type = attributed.baseType }
    guard let tuple = type.as(TupleTypeSyntax.self), tuple.elements.count > 1 else { return nil }
    elements = tuple.elements.map { element in
      let label = element.firstName.flatMap { name in
        name.tokenKind == .wildcard ? nil : name.trimmed.text
      }
      return Element(label: label, type: WrittenType(element.type, in: scope))
    }
  }

  /// The elements' types, as arguments.
  var metatypes: String { elements.map(\.type.metatype).joined(separator: ", ") }

  /// A closure from a value to its elements.
  var split: String {
    let members = elements.enumerated().map { "$0.\($1.member(at: $0))" }
    return "{ (\(members.joined(separator: ", "))) }"
  }

  /// A closure from elements to the value.
  var join: String {
    "{ \(value { "$\($0)" }) }"
  }

  /// A tuple of expressions, with the labels.
  func value(_ expression: (Int) -> String) -> String {
    let elements = elements.enumerated().map { position, element in
      (element.label.map { "\($0): " } ?? "") + expression(position)
    }
    return "(\(elements.joined(separator: ", ")))"
  }
}
