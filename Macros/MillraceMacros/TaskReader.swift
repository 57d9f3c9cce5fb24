import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// Reads an annotated declaration, and collects what is wrong with it on the way.
struct TaskReader {
  let attribute: AttributeSyntax
  let declaration: DeclSyntax
  let place: TaskPlace
  /// Whether another `@Task` stands before this one.
  private let isRepeated: Bool
  var problems: Problems

  /// As many inputs as a node has bits for, less some to spare.
  static let maximumInputs = 60

  init(
    attribute: AttributeSyntax, declaration: DeclSyntax, in context: some MacroExpansionContext
  ) {
    self.attribute = attribute
    self.declaration = declaration
    place = TaskPlace(context.lexicalContext)
    problems = Problems(subject: declaration.subject)
    // Attribute and declaration come as two trees, so places are all that can be compared.
    func location(of node: some SyntaxProtocol) -> String? {
      context.location(of: node, at: .afterLeadingTrivia, filePathMode: .fileID)
        .map { "\($0.line):\($0.column)" }
    }
    let attributes = declaration.asProtocol((any WithAttributesSyntax).self)?.attributes.plain ?? []
    let tasks = attributes.filter { $0.isNamed("Task") }
    isRepeated = tasks.count > 1 && location(of: tasks[0]) != location(of: attribute)
  }

  /// - Returns: Nil if there is something wrong; ``problems`` then says what.
  mutating func read() -> TaskSignature? {
    if isRepeated {
      let attributed = declaration.asProtocol((any WithAttributesSyntax).self)
      let last = attributed?.attributes.plain.last { $0.isNamed("Task") }
      problems.report(
        .appliedTwice, at: attribute,
        fix: attributed.flatMap { attributed in
          last.map { FixIt.removing($0, of: attributed) }
        })
      return nil
    }
    if let function = declaration.as(FunctionDeclSyntax.self) { return read(function) }
    if let structure = declaration.as(StructDeclSyntax.self) { return read(structure) }
    if let actor = declaration.as(ActorDeclSyntax.self) { return read(actor) }
    if let type = declaration.asProtocol((any DeclGroupSyntax).self) {
      problems.report(.typeKind, at: type.introducer)
    } else {
      problems.report(.notATask, at: attribute)
    }
    return nil
  }

  /// What holds for functions and types alike.
  mutating func checkPlace(name: TokenSyntax, generics: GenericParameterClauseSyntax?) {
    if let generics { problems.report(.genericDeclaration, at: generics) }
    if place.isLocal {
      problems.report(.localDeclaration, at: name)
    } else if place.isProtocol {
      problems.report(.protocolRequirement, at: name)
    } else if place.isGeneric {
      problems.report(.genericContext, at: name)
    }
  }

  /// The attributes that lifted functions share with their task.
  func sharedAttributes(_ attributes: AttributeListSyntax) -> [String] {
    attributes.plain.filter { ["available", "_spi"].contains($0.name) }.map(\.trimmedDescription)
  }

  /// Access level and `static` of the lifted functions.
  func liftedModifiers(_ modifiers: DeclModifierListSyntax) -> String {
    let access = modifiers.access.map { "\($0.trimmedDescription) " } ?? ""
    return access + (place.isMember ? "static " : "")
  }
}

extension DeclSyntax {
  /// What messages call the declaration.
  fileprivate var subject: String {
    let kind: String
    if self.is(FunctionDeclSyntax.self) {
      kind = "function"
    } else if self.is(StructDeclSyntax.self) {
      kind = "structure"
    } else if let type = asProtocol((any DeclGroupSyntax).self) {
      kind = type.introducer.text
    } else {
      return "this declaration"
    }
    let name = asProtocol((any NamedDeclSyntax).self)?.name.plainName
    return name.map { "\(kind) '\($0)'" } ?? "this \(kind)"
  }
}
