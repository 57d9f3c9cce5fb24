import SwiftDiagnostics
import SwiftSyntax

extension TaskReader {
  /// Reports what no input can be.
  mutating func check(_ parameter: FunctionParameterSyntax) {
    let name = (parameter.secondName ?? parameter.firstName).trimmed.text
    if let ellipsis = parameter.ellipsis {
      problems.report(
        .variadicParameter, at: ellipsis, name: name, fix: .takingArray(parameter))
      return
    }
    if let wrapper = parameter.attributes.plain.first(where: { $0.wrapper != nil }) {
      problems.report(
        .wrappedParameter, at: wrapper, name: name, other: wrapper.wrapper?.rawValue ?? "")
      return
    }
    if checkSpecifiers(of: parameter, name: name) { return }
    checkType(parameter.type, name: name)
  }

  /// Reports closures and opaque types, anywhere in a type.
  mutating func checkType(_ type: TypeSyntax, name: String) {
    if let part = type.closurePart {
      problems.report(.closureParameter, at: part, name: name)
    } else if let part = type.opaquePart {
      problems.report(
        .opaqueParameter, at: part.someOrAnySpecifier, name: name,
        fix: .replacing(
          part.someOrAnySpecifier,
          with: part.someOrAnySpecifier.with(\.tokenKind, .keyword(.any)),
          "Replace 'some' by 'any'"))
    }
  }

  /// `consuming`, `borrowing` and `sending` say how the body gets the value, which any call can
  /// satisfy; other specifiers cannot be lifted.
  private mutating func checkSpecifiers(
    of parameter: FunctionParameterSyntax, name: String
  ) -> Bool {
    guard let type = parameter.type.as(AttributedTypeSyntax.self) else { return false }
    let harmless: [Keyword] = [.consuming, .borrowing, .sending, .__owned, .__shared]
    for specifier in type.specifiers {
      guard let simple = specifier.as(SimpleTypeSpecifierSyntax.self) else {
        problems.report(
          .specifiedParameter, at: specifier, name: name, other: specifier.trimmedDescription)
        return true
      }
      if harmless.contains(where: { simple.specifier.tokenKind == .keyword($0) }) { continue }
      let isInout = simple.specifier.tokenKind == .keyword(.inout)
      var changed = type
      changed.specifiers = type.specifiers.filter { $0.id != specifier.id }
      problems.report(
        isInout ? .inoutParameter : .specifiedParameter, at: simple, name: name,
        other: simple.specifier.text,
        fix: .replacing(type, with: changed, "Remove '\(simple.specifier.text)'"))
      return true
    }
    return false
  }
}

extension FixIt {
  fileprivate static func takingArray(_ parameter: FunctionParameterSyntax) -> FixIt {
    var changed = parameter
    changed.ellipsis = nil
    changed.type = TypeSyntax(ArrayTypeSyntax(element: parameter.type.trimmed))
    changed.type.trailingTrivia = parameter.ellipsis?.trailingTrivia ?? []
    return .replacing(parameter, with: changed, "Take an array")
  }
}

extension TypeSyntax {
  /// Whether a parameter of this type gets the task's context.
  var isTaskContext: Bool {
    let type = self.as(OptionalTypeSyntax.self)?.wrappedType ?? self
    return ["TaskContext", "Millrace.TaskContext"].contains(type.trimmedDescription)
  }

  var isVoid: Bool {
    if let tuple = self.as(TupleTypeSyntax.self) {
      return tuple.elements.isEmpty
        || (tuple.elements.count == 1 && tuple.elements.first!.type.isVoid)
    }
    return ["Void", "Swift.Void"].contains(trimmedDescription)
  }

  /// The closure in a type: its function type, or the attribute that only a closure can have.
  var closurePart: Syntax? {
    if let function = firstPart(FunctionTypeSyntax.self) { return Syntax(function) }
    return self.as(AttributedTypeSyntax.self)?.attributes.first.map { Syntax($0) }
  }

  /// The first `some` in a type.
  var opaquePart: SomeOrAnyTypeSyntax? {
    firstPart(SomeOrAnyTypeSyntax.self) { $0.someOrAnySpecifier.tokenKind == .keyword(.some) }
  }

  private func firstPart<Part: SyntaxProtocol>(
    _ kind: Part.Type, where condition: (Part) -> Bool = { _ in true }
  ) -> Part? {
    var pending = [Syntax(self)]
    while let node = pending.popLast() {
      if let part = node.as(kind), condition(part) { return part }
      pending += node.children(viewMode: .sourceAccurate).reversed()
    }
    return nil
  }
}
