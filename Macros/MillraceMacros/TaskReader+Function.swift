import SwiftDiagnostics
import SwiftSyntax

extension TaskReader {
  mutating func read(_ function: FunctionDeclSyntax) -> TaskSignature? {
    checkPlace(name: function.name, generics: function.genericParameterClause)
    if case .identifier = function.name.tokenKind {
    } else {
      problems.report(.operatorFunction, at: function.name)
    }
    let isMethod = isMethodOfActor(function)
    if isMethod { checkMethod(function) } else { checkKind(of: function) }
    let scope = NameScope(selfType: place.isMember ? place.typePath : nil)
    let (inputs, arguments) = readParameters(
      function.signature.parameterClause, of: function.name, in: scope)
    let parameters = (isMethod ? [instanceParameter(besides: inputs)] : []) + inputs
    let (effects, output) = readEffects(of: function, in: scope)
    let settings = readArguments(naming: inputs)
    guard problems.diagnostics.isEmpty else { return nil }
    let labels = inputs.map { "\($0.label?.withoutBackticks ?? "_"):" }.joined()
    return TaskSignature(
      place: place, nameToken: function.name,
      path: place.path(of: "\(function.name.plainName)(\(labels))"),
      arguments: settings.text, keepsValue: settings.keepsValue,
      modifiers: liftedModifiers(function.modifiers),
      attributes: sharedAttributes(function.attributes),
      isUnavailable: function.attributes.isUnavailable,
      isPrivate: place.isPrivate || function.modifiers.hidesFromOtherFiles,
      parameters: parameters, effects: effects, output: output,
      outputShape: function.outputShape(in: scope), state: isMethod ? .method : .none,
      // A property of the actor may be read from the context, which its methods cannot see.
      injects: isMethod,
      body: isMethod ? .method(arguments: arguments) : .function(arguments: arguments))
  }

  /// A task must be callable without an instance.
  private mutating func checkKind(of function: FunctionDeclSyntax) {
    guard place.isMember, !place.isProtocol, !place.isLocal else { return }
    if let modifier = function.modifiers.modifier(.class) {
      let changed = modifier.with(\.name.tokenKind, .keyword(.static))
      problems.report(
        .classMethod, at: modifier,
        fix: .replacing(modifier, with: changed, "Replace 'class' by 'static'"))
    } else if function.modifiers.modifier(.static) == nil {
      problems.report(.instanceMethod, at: function.name, fix: .addingStatic(to: function))
    }
  }

  /// - Returns: The inputs, and the arguments of a call, contexts among them.
  mutating func readParameters(
    _ clause: FunctionParameterClauseSyntax, of name: TokenSyntax, in scope: NameScope
  ) -> ([TaskParameter], [TaskBody.Argument]) {
    var parameters: [TaskParameter] = []
    var arguments: [TaskBody.Argument] = []
    for parameter in clause.parameters {
      let isContext = parameter.type.isTaskContext
      arguments.append(
        TaskBody.Argument(
          label: parameter.callLabel, input: isContext ? nil : parameters.count))
      if isContext { continue }
      check(parameter)
      parameters.append(TaskParameter(parameter, position: parameters.count, in: scope))
    }
    if parameters.count > Self.maximumInputs {
      problems.report(
        .tooManyParameters, at: name, name: "\(Self.maximumInputs)")
    }
    return (parameters, arguments)
  }

  /// What a function, or the `run` of a type, does and returns.
  mutating func readEffects(
    of function: FunctionDeclSyntax, in scope: NameScope
  ) -> (TaskEffects, output: WrittenType?) {
    let specifiers = function.signature.effectSpecifiers
    if let rethrowing = specifiers?.throwsClause?.throwsSpecifier,
      rethrowing.tokenKind == .keyword(.rethrows)
    {
      let throwing = rethrowing.with(\.tokenKind, .keyword(.throws))
      problems.report(
        .rethrowsFunction, at: rethrowing,
        fix: .replacing(rethrowing, with: throwing, "Replace 'rethrows' by 'throws'"))
    }
    let ownActor = function.attributes.globalActor
    let isNonisolated = function.modifiers.contains {
      $0.name.tokenKind == .keyword(.nonisolated)
    }
    let effects = TaskEffects(
      isAsync: specifiers?.asyncSpecifier != nil,
      isThrowing: specifiers?.throwsClause?.mayThrow == true,
      actor: isNonisolated ? nil : ownActor ?? place.actor)
    guard let result = function.signature.returnClause?.type, !result.isVoid else {
      return (effects, nil)
    }
    if let part = result.closurePart { problems.report(.closureResult, at: part) }
    if let part = result.opaquePart { problems.report(.opaqueResult, at: part) }
    return (effects, WrittenType(result, in: scope))
  }
}

extension TaskParameter {
  fileprivate init(_ parameter: FunctionParameterSyntax, position: Int, in scope: NameScope) {
    let first = parameter.firstName.trimmed.text
    let second = parameter.secondName?.trimmed.text
    let inner = second ?? first
    self.init(
      label: first == "_" ? nil : first,
      // A parameter that the task does not name needs a name in the lifted functions.
      name: inner == "_" ? "input\(position)" : inner,
      type: WrittenType(parameter.type, in: scope),
      shape: TupleShape(parameter.type, in: scope),
      defaultValue: parameter.defaultValue.map { scope.qualify($0.value).trimmedDescription })
  }
}

extension ThrowsClauseSyntax {
  /// False for `throws(Never)`, of which the compiler knows as well that there is nothing to try.
  var mayThrow: Bool {
    !["Never", "Swift.Never"].contains(type?.trimmedDescription ?? "")
  }
}

extension FunctionDeclSyntax {
  func outputShape(in scope: NameScope) -> TupleShape? {
    signature.returnClause.flatMap { TupleShape($0.type, in: scope) }
  }
}

extension FunctionParameterSyntax {
  /// `label: `, or nothing.
  var callLabel: String {
    firstName.tokenKind == .wildcard ? "" : "\(firstName.trimmed.text): "
  }
}

extension FixIt {
  fileprivate static func addingStatic(to function: FunctionDeclSyntax) -> FixIt {
    var changed = function
    let modifier = DeclModifierSyntax(name: .keyword(.static, trailingTrivia: .space))
    if changed.modifiers.isEmpty {
      changed.modifiers = [modifier.with(\.leadingTrivia, function.funcKeyword.leadingTrivia)]
      changed.funcKeyword.leadingTrivia = []
    } else {
      // `mutating` and the like say something of an instance.
      let instanceOnly: [Keyword] = [.mutating, .nonmutating, .consuming, .borrowing, .override]
      changed.modifiers = function.modifiers.filter { modifier in
        !instanceOnly.contains { modifier.name.tokenKind == .keyword($0) }
      }
      changed.modifiers.append(modifier)
      changed.modifiers.leadingTrivia = function.modifiers.leadingTrivia
    }
    return .replacing(function, with: changed, "Add 'static'")
  }
}
