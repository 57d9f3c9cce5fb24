import SwiftSyntax

extension TaskSignature {
  /// How a parameter of a lifted function takes its input.
  fileprivate enum Form {
    /// A node or a constant of any kind.
    case input
    /// A value of the task's own type, so that any literal has a type.
    case plain
    /// A tuple whose elements are inputs.
    case joined
  }

  /// The functions `$name`, which make nodes.
  ///
  /// Literals such as `.fast`, `nil`, `[]` or `0.5` for a `Float` have no type where a parameter is
  /// generic, and a value of a type that is no `TaskInput` does not fit there. So beside the function
  /// that takes any input everywhere there are some with plain values.
  func liftedFunctions(calling definition: TaskName) -> [DeclSyntax] {
    let general = parameters.map { _ in Form.input }
    let mixed = literalForms
    let isDisfavored = parameters.contains { !$0.isInstance }
    let isOnlyForm = outputShape != nil && mixed.contains(general)
    var functions = [
      lifted(general, calling: definition, isDisfavored: isDisfavored && !isOnlyForm)
    ]
    for forms in mixed where forms != general {
      functions.append(lifted(forms, calling: definition))
    }
    if parameters.contains(where: { $0.shape != nil }) {
      let joined = parameters.map { $0.shape == nil ? Form.input : .joined }
      functions.append(lifted(joined, calling: definition, isDisfavored: true))
    }
    // One that is a node wins where both fit: `let (train, test) = $split(rows)` alone asks for nodes.
    if let outputShape {
      for forms in mixed {
        functions.append(
          lifted(forms, calling: definition, isDisfavored: true, splitting: outputShape))
      }
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
    _ forms: [Form], calling definition: TaskName, isDisfavored: Bool = false,
    splitting shape: TupleShape? = nil
  ) -> DeclSyntax {
    let declared = zip(parameters, forms).map { parameter, form in
      "\(parameter.declaredNames): \(parameter.declaration(as: form))"
    }
    let bindings = zip(parameters, forms).filter { !$0.0.isInstance }.map { parameter, form in
      parameter.binding(as: form)
    }
    let lines = attributes + (isDisfavored ? ["@_disfavoredOverload"] : [])
    let clause = declared.isEmpty ? "" : "\n\(declared.joined(separator: ",\n").indented)\n"
    let body = bindings.isEmpty ? "{ _ in }" : "{\n\(bindings.joined(separator: "\n").indented)\n}"
    let instance = parameters.first { $0.isInstance }.map { "(on: \($0.reference))" } ?? ""
    let name =
      name.allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber } ? "$\(name)" : "`$\(name)`"
    let node = "Millrace.Node<\(output?.text ?? "Void")>"
    let call = "\(definition.reference).__call\(instance) \(body)"
    let (result, code) =
      shape.map { shape in
        (
          shape.value { "Millrace.Node<\(shape.elements[$0].type.text)>" },
          """
          let __node: \(node) = \(call)
          return \(shape.value { "__node[dynamicMember: \\.\(shape.elements[$0].member(at: $0))]" })
          """
        )
      } ?? (node, call)
    return DeclSyntax(
      unparsed: """
        \(lines.map { "\($0)\n" }.joined())nonisolated \(modifiers)func \(name)(\(clause)) -> \(result) {
        \((isUnavailable ? "Swift.fatalError()" : code).indented)
        }
        """)
  }
}

extension TaskParameter {
  /// Type and default in a lifted function.
  fileprivate func declaration(as form: TaskSignature.Form) -> String {
    if isInstance { return "Millrace.Node<\(type.text)>" }
    if form == .plain { return type.text + (defaultValue.map { " = \($0)" } ?? "") }
    if form == .joined, let shape {
      return shape.value { "some Millrace.TaskInput<\(shape.elements[$0].type.text)>" }
    }
    let value = defaultValue.map { " = Millrace.Constant<\(type.text)>(\($0))" } ?? ""
    return "some Millrace.TaskInput<\(type.text)>\(value)"
  }

  /// How the call takes it.
  fileprivate func binding(as form: TaskSignature.Form) -> String {
    switch form {
    // The coercion keeps an `any` value as it is, where a call would open it.
    case .plain: return "$0.bind(constant: \(reference) as \(type.text))"
    case .input: return "$0.bind(\(reference))"
    case .joined:
      guard let shape else { return "$0.bind(\(reference))" }
      let elements = shape.elements.enumerated().map { "\(reference).\($1.member(at: $0))" }
      return
        "$0.bind(joining: \(elements.joined(separator: ", ")), as: \(type.metatype), \(shape.join))"
    }
  }
}
