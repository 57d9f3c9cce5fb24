import SwiftSyntax

extension TaskReader {
  /// Whether a function is to be a call on an instance: a method written in an actor.
  ///
  /// An extension does not say of what kind its type is, so its methods are as those of other types.
  func isMethodOfActor(_ function: FunctionDeclSyntax) -> Bool {
    place.isInActor && !place.isLocal && function.modifiers.modifier(.static, .class) == nil
  }

  /// A method is called on its actor, from outside.
  mutating func checkMethod(_ function: FunctionDeclSyntax) {
    if !place.isInTask { problems.report(.methodOfNoTask, at: function.name) }
    if let modifier = function.modifiers.first(where: {
      $0.name.tokenKind == .keyword(.nonisolated)
    }) {
      problems.report(
        .isolatedElsewhere, at: modifier, name: modifier.trimmedDescription,
        fix: .removing(modifier, of: function))
    } else if let attribute = function.attributes.plain.first(where: {
      $0.arguments == nil && $0.name.hasSuffix("Actor")
    }) {
      problems.report(
        .isolatedElsewhere, at: attribute, name: attribute.trimmedDescription,
        fix: .removing(attribute, of: function))
    }
    checkUncached()
  }

  /// The parameter for the instance, under a name that the method leaves free.
  func instanceParameter(besides parameters: [TaskParameter]) -> TaskParameter {
    let taken = Set(parameters.map(\.name.withoutBackticks))
    var name = "instance"
    while taken.contains(name) { name = "_\(name)" }
    return TaskParameter(
      label: nil, name: name, type: WrittenType(place.typePath), isInstance: true)
  }
}
