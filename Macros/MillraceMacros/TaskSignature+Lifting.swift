import SwiftSyntax
import SwiftSyntaxBuilder

extension TaskSignature {
  /// How a parameter of a lifted function takes its input.
  private enum Form {
    /// A node or a constant of any kind.
    case input
    /// A value of the task's own type, so that any literal has a type.
    case plain
  }

  /// The functions `$name`, which make nodes.
  ///
  /// Literals such as `.fast`, `nil`, `[]` or `0.5` for a `Float` have no type where a parameter is
  /// generic, and a value of a type that is no `TaskInput` does not fit there. So beside the function
  /// that takes any input everywhere there are some with plain values.
  func liftedFunctions(calling definition: TaskName) -> [DeclSyntax] {
    let general = parameters.map { _ in Form.input }
    let isDisfavored = parameters.contains { !$0.isInstance }
    var functions = [lifted(general, calling: definition, isDisfavored: isDisfavored)]
    for forms in literalForms where forms != general {
      functions.append(lifted(forms, calling: definition))
    }
    return functions
  }

  /// The mixtures of inputs and plain values.
  ///
  /// What has a default is plain in all of them, as nodes are seldom given there. Up to three other
  /// parameters are mixed in every way; of more, all are inputs or all are plain, because the number
  /// of functions doubles with each.
  private var literalForms: [[Form]] {
    let required = parameters.indices.filter {
      parameters[$0].defaultValue == nil && !parameters[$0].isInstance
    }
    let plain = parameters.map { $0.isInstance ? Form.input : .plain }
    let isMixed = required.count <= 3
    let choices = isMixed ? Array(0..<1 << required.count) : [0, 1 << required.count - 1]
    return choices.reversed().map { choice in
      var forms = plain
      for (bit, index) in required.enumerated() where choice & 1 << bit != 0 {
        forms[index] = .input
      }
      return forms
    }
  }

  private func lifted(
    _ forms: [Form], calling definition: TaskName, isDisfavored: Bool = false
  ) -> DeclSyntax {
    let declared = zip(parameters, forms).map { parameter, form in
      "\(parameter.declaredNames): \(parameter.declaration(isPlain: form == .plain))"
    }
    let bindings = zip(parameters, forms).filter { !$0.0.isInstance }.map { parameter, form in
      form == .plain
        // The coercion keeps an `any` value as it is, where a call would open it.
        ? "$0.bind(constant: \(parameter.reference) as \(parameter.type.text))"
        : "$0.bind(\(parameter.reference))"
    }
    let lines = attributes + (isDisfavored ? ["@_disfavoredOverload"] : [])
    let clause = declared.isEmpty ? "" : "\n\(declared.joined(separator: ",\n").indented)\n"
    let body = bindings.isEmpty ? "{ _ in }" : "{\n\(bindings.joined(separator: "\n").indented)\n}"
    let instance = parameters.first { $0.isInstance }.map { "(on: \($0.reference))" } ?? ""
    let name =
      name.allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber } ? "$\(name)" : "`$\(name)`"
    return DeclSyntax(
      stringLiteral: """
        \(lines.map { "\($0)\n" }.joined())nonisolated \(modifiers)func \(name)(\(clause)) -> Millrace.Node<\(output?.text ?? "Void")> {
        \((isUnavailable ? "Swift.fatalError()" : "\(definition.reference).__call\(instance) \(body)").indented)
        }
        """)
  }
}

extension TaskParameter {
  /// Type and default in a lifted function.
  fileprivate func declaration(isPlain: Bool) -> String {
    if isInstance { return "Millrace.Node<\(type.text)>" }
    if isPlain { return type.text + (defaultValue.map { " = \($0)" } ?? "") }
    let value = defaultValue.map { " = Millrace.Constant<\(type.text)>(\($0))" } ?? ""
    return "some Millrace.TaskInput<\(type.text)>\(value)"
  }

  /// The parameter in an expression: a keyword that is a name there needs backticks.
  fileprivate var reference: String {
    let isName =
      ExprSyntax(stringLiteral: name).as(DeclReferenceExprSyntax.self)?.baseName.identifier != nil
    return isName ? name : "`\(name)`"
  }
}
