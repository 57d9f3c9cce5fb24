import SwiftSyntax
import SwiftSyntaxMacros

/// Where a task is declared: the types and extensions around it.
struct TaskPlace {
  /// The enclosing types from outside to inside, as a reference from anywhere: `Outer.Steps`.
  private(set) var typePath = ""
  /// The last names of the enclosing types, from outside to inside.
  private(set) var types: [String] = []
  /// Whether something around the task is visible in its file only.
  private(set) var isPrivate = false
  /// The global actor that members of the enclosing type are isolated to.
  private(set) var actor: String?
  private(set) var isGeneric = false
  private(set) var isProtocol = false
  /// Whether the innermost type is an actor, and whether that is a task.
  private(set) var isInActor = false
  private(set) var isInTask = false
  /// Whether the innermost type is an extension.
  private(set) var isInExtension = false
  /// Whether the task stands in a function, closure or accessor.
  private(set) var isLocal = false

  var isMember: Bool { !typePath.isEmpty }

  /// - Parameter contexts: From inside to outside, as macros get them.
  init(_ contexts: [Syntax]) {
    var names: [String] = []
    for context in contexts {
      if let type = context.asProtocol((any DeclGroupSyntax).self) {
        names.append(name(of: type))
        types.insert(lastName(of: type), at: 0)
        isProtocol = isProtocol || type.is(ProtocolDeclSyntax.self)
        isPrivate = isPrivate || type.modifiers.hidesFromOtherFiles
        actor = actor ?? type.attributes.globalActor
      } else {
        isLocal = true
      }
      isGeneric = isGeneric || Self.isGeneric(context)
    }
    if let actor = contexts.first?.as(ActorDeclSyntax.self) {
      isInActor = true
      isInTask = actor.attributes.plain.contains { $0.isNamed("Task") }
    }
    isInExtension = contexts.first?.is(ExtensionDeclSyntax.self) == true
    typePath = names.reversed().joined(separator: ".")
  }

  /// A member's path or reference.
  func path(of name: String) -> String { isMember ? "\(typePath).\(name)" : name }

  private func name(of type: any DeclGroupSyntax) -> String {
    if let type = type.asProtocol((any NamedDeclSyntax).self) { return type.name.trimmed.text }
    guard let type = type.as(ExtensionDeclSyntax.self) else { return "" }
    return WrittenType(type.extendedType, in: NameScope()).text
  }

  private func lastName(of type: any DeclGroupSyntax) -> String {
    type.as(ExtensionDeclSyntax.self)?.extendedType.lastName
      ?? type.asProtocol((any NamedDeclSyntax).self)?.name.plainName ?? ""
  }

  private static func isGeneric(_ context: Syntax) -> Bool {
    if let type = context.asProtocol((any WithGenericParametersSyntax).self) {
      return type.genericParameterClause != nil || type.genericWhereClause != nil
    }
    guard let type = context.as(ExtensionDeclSyntax.self) else { return false }
    if type.genericWhereClause != nil { return true }
    var extended = type.extendedType
    while let member = extended.as(MemberTypeSyntax.self) {
      if member.genericArgumentClause != nil { return true }
      extended = member.baseType
    }
    return extended.as(IdentifierTypeSyntax.self)?.genericArgumentClause != nil
      || !extended.is(IdentifierTypeSyntax.self)
  }
}

extension DeclModifierListSyntax {
  func modifier(_ keyword: Keyword...) -> DeclModifierSyntax? {
    first { modifier in
      modifier.detail == nil && keyword.contains { modifier.name.tokenKind == .keyword($0) }
    }
  }

  var hidesFromOtherFiles: Bool { modifier(.private, .fileprivate) != nil }

  var access: DeclModifierSyntax? {
    modifier(.private, .fileprivate, .internal, .package, .public, .open)
  }
}

extension AttributeListSyntax {
  /// The attributes that are not in an `#if`.
  var plain: [AttributeSyntax] { compactMap { $0.as(AttributeSyntax.self) } }

  /// Whether there is an `@available(*, unavailable)`.
  var isUnavailable: Bool {
    plain.contains { attribute in
      guard attribute.name == "available",
        case .availability(let arguments) = attribute.arguments,
        arguments.first?.argument.trimmedDescription == "*"
      else { return false }
      return arguments.contains { $0.argument.trimmedDescription == "unavailable" }
    }
  }

  /// A global actor's attribute is known by its name alone, which ends in `Actor`.
  var globalActor: String? {
    plain.first { $0.arguments == nil && $0.name.hasSuffix("Actor") }?.trimmedDescription
  }
}

extension AttributeSyntax {
  var name: String { attributeName.trimmedDescription }

  /// Whether this is an attribute of Millrace, with or without the module's name.
  func isNamed(_ name: String) -> Bool { self.name == name || self.name == "Millrace.\(name)" }
}
