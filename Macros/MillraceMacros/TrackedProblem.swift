import SwiftDiagnostics
import SwiftSyntax

/// Everything that `@Tracked` has to say to an author.
struct TrackedProblem: DiagnosticMessage {
  enum Kind: String, CaseIterable {
    case notTrackable, appliedTwice, isTask, isProtocol, operatorFunction, mutableVariable
    case protocolRequirement, localDeclaration, genericContext, genericExtension
  }

  let kind: Kind
  let node: Syntax
  /// The type that the declaration stands in, where the sentence has one.
  var type = ""

  var severity: DiagnosticSeverity { .error }
  var diagnosticID: MessageID { MessageID(domain: "Millrace", id: "tracked.\(kind.rawValue)") }

  var message: String {
    let remedy =
      switch kind {
      case .notTrackable:
        " to this declaration; write it before a function, a type, an extension, an initializer or a constant"
      case .appliedTwice: " twice; remove one of the attributes"
      case .isTask: " to a task, which is followed where tasks call it; remove '@Tracked'"
      case .isProtocol:
        " to a protocol, which has no code; write it before the types and extensions that have"
      case .operatorFunction:
        " to an operator, whose uses have no name; declare it in a type or an extension, and write '@Tracked' before that"
      case .mutableVariable:
        " to a stored 'var', whose value is not in its code; make it 'let', or hand the value to the task"
      case .protocolRequirement: " in a protocol; write it before what implements the requirement"
      case .localDeclaration:
        " inside a function or closure, which is part of that one's code; remove it"
      case .genericContext:
        " in a generic type or a constrained extension; write it before the type or extension itself"
      case .genericExtension:
        " in an extension of '\(type)', which is generic or a protocol; write it before the extension itself"
      }
    return "'@Tracked' cannot be applied\(remedy)"
  }

  /// - Returns: Nil if there is nothing wrong.
  init?(of declaration: DeclSyntax, at place: TaskPlace, attribute: AttributeSyntax) {
    let attributes = declaration.asProtocol((any WithAttributesSyntax).self)?.attributes.plain ?? []
    let kind: Kind? =
      if attributes.count(where: { $0.isNamed("Tracked") }) > 1 {
        .appliedTwice
      } else if attributes.contains(where: { $0.isNamed("Task") }) {
        .isTask
      } else if declaration.is(ProtocolDeclSyntax.self) {
        .isProtocol
      } else if !declaration.isTrackable {
        .notTrackable
      } else if place.isLocal {
        .localDeclaration
      } else if place.isProtocol {
        .protocolRequirement
      } else if declaration.isOperator {
        .operatorFunction
      } else if declaration.isMutableVariable {
        .mutableVariable
      } else if place.isGeneric {
        .genericContext
      } else if let type = place.types.last, place.isInExtension, Self.genericTypes.contains(type) {
        .genericExtension
      } else {
        nil
      }
    guard let kind else { return nil }
    self.kind = kind
    node = Syntax(attribute)
    type = place.types.last ?? ""
  }

  /// An edit that mends it, where one does.
  func fix(of declaration: DeclSyntax) -> FixIt? {
    switch kind {
    case .appliedTwice, .isTask, .localDeclaration:
      guard let attributed = declaration.asProtocol((any WithAttributesSyntax).self),
        let attribute = attributed.attributes.plain.last(where: { $0.isNamed("Tracked") })
      else { return nil }
      return .removing(attribute, of: attributed)
    case .mutableVariable:
      guard let variable = declaration.as(VariableDeclSyntax.self),
        variable.bindings.allSatisfy({ $0.initializer != nil && $0.accessorBlock == nil })
      else { return nil }
      let constant = variable.with(\.bindingSpecifier.tokenKind, .keyword(.let))
      return .replacing(variable, with: constant, "Replace 'var' by 'let'")
    default: return nil
    }
  }

  /// Types of the standard library that cannot hold a record. Of others a macro cannot know.
  private static let genericTypes: Set<String> = [
    "Array", "ArraySlice", "ContiguousArray", "Dictionary", "Set", "Optional", "Result", "Range",
    "ClosedRange", "Sequence", "Collection", "BidirectionalCollection", "RandomAccessCollection",
    "MutableCollection", "RangeReplaceableCollection", "LazySequence", "IteratorProtocol",
    "AsyncSequence", "Comparable", "Equatable", "Hashable", "Numeric", "SignedNumeric",
    "BinaryInteger", "FixedWidthInteger", "SignedInteger", "UnsignedInteger", "FloatingPoint",
    "BinaryFloatingPoint", "AdditiveArithmetic", "SIMD", "Strideable", "StringProtocol",
    "RandomNumberGenerator", "Encodable", "Decodable", "Error",
  ]
}

extension DeclSyntax {
  fileprivate var isTrackable: Bool {
    self.is(FunctionDeclSyntax.self) || self.is(VariableDeclSyntax.self)
      || self.is(InitializerDeclSyntax.self) || self.is(StructDeclSyntax.self)
      || self.is(EnumDeclSyntax.self) || self.is(ClassDeclSyntax.self)
      || self.is(ActorDeclSyntax.self) || self.is(ExtensionDeclSyntax.self)
  }

  fileprivate var isOperator: Bool {
    guard let function = self.as(FunctionDeclSyntax.self) else { return false }
    if case .identifier = function.name.tokenKind { return false }
    return true
  }

  /// Whether it is a `var` with a place to store a value in.
  fileprivate var isMutableVariable: Bool {
    guard let variable = self.as(VariableDeclSyntax.self),
      variable.bindingSpecifier.tokenKind == .keyword(.var)
    else { return false }
    return variable.bindings.contains { $0.initializer != nil || $0.accessorBlock == nil }
  }
}
