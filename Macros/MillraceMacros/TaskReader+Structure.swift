import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

extension TaskReader {
  mutating func read(_ structure: StructDeclSyntax) -> TaskSignature? {
    checkPlace(name: structure.name, generics: structure.genericParameterClause)
    let typePath = place.path(of: structure.name.trimmed.text)
    let members = structure.memberBlock.members
    let scope = NameScope(
      selfType: typePath, nestedTypes: Set(members.compactMap(\.decl.nestedTypeName)))
    var properties = PropertyReader(scope: scope, problems: problems)
    for member in members { properties.read(member.decl) }
    problems = properties.problems
    if properties.parameters.count > Self.maximumInputs {
      problems.report(.tooManyParameters, at: structure.name, name: "\(Self.maximumInputs)")
    }
    let settings = readArguments(naming: properties.parameters)
    let method = readRun(of: structure)
    guard let method else { return nil }
    checkAssigning(properties.artifacts, in: method)
    var (effects, output) = readEffects(of: method, in: scope)
    effects.actor = effects.actor ?? structure.attributes.globalActor
    guard problems.diagnostics.isEmpty else { return nil }
    return TaskSignature(
      place: place, nameToken: structure.name, path: place.path(of: structure.name.plainName),
      arguments: settings.text, keepsValue: settings.keepsValue,
      modifiers: liftedModifiers(structure.modifiers),
      attributes: sharedAttributes(structure.attributes),
      isUnavailable: structure.attributes.isUnavailable,
      isPrivate: place.isPrivate || structure.modifiers.hidesFromOtherFiles,
      parameters: properties.parameters, effects: effects, output: output,
      outputShape: method.outputShape(in: scope),
      injects: properties.injects,
      body: .structure(
        runArguments: method.signature.parameterClause.parameters.map {
          TaskBody.Argument(label: $0.callLabel, input: nil)
        },
        isMutating: method.modifiers.modifier(.mutating) != nil,
        artifacts: properties.artifacts))
  }

  /// What `run` assigns must be there when it has returned.
  private mutating func checkAssigning(_ artifacts: [String], in method: FunctionDeclSyntax) {
    guard let name = artifacts.first, method.modifiers.modifier(.mutating) == nil else { return }
    problems.report(
      .unassignedArtifact, at: method.name, name: name, fix: .addingMutating(to: method))
  }

  /// The `run` that takes nothing but contexts; if there is none, the first is diagnosed.
  private mutating func readRun(of structure: StructDeclSyntax) -> FunctionDeclSyntax? {
    let methods = structure.memberBlock.members
      .compactMap { $0.decl.as(FunctionDeclSyntax.self) }
      .filter { $0.name.plainName == "run" && $0.modifiers.modifier(.static) == nil }
    guard let method = methods.first(where: { $0.inputs.isEmpty }) ?? methods.first else {
      // A 'run' inside '#if' has been diagnosed already.
      if !problems.contains(.conditionalInput) {
        problems.report(.missingRun, at: structure.name, fix: .addingRun(to: structure))
      }
      return nil
    }
    for parameter in method.inputs {
      problems.report(
        .runParameter, at: parameter.firstName,
        name: (parameter.secondName ?? parameter.firstName).trimmed.text)
    }
    if let generics = method.genericParameterClause {
      problems.report(.genericDeclaration, at: generics)
    }
    if let modifier = method.modifiers.modifier(.private) {
      problems.report(
        .privateRun, at: modifier, name: modifier.trimmedDescription,
        fix: .removing(modifier, of: method))
    }
    return method
  }
}

extension FunctionDeclSyntax {
  fileprivate var inputs: [FunctionParameterSyntax] {
    Array(signature.parameterClause.parameters).filter { !$0.type.isTaskContext }
  }
}

extension DeclSyntax {
  /// The name of a type that is declared in another one.
  var nestedTypeName: String? {
    let isType =
      self.is(StructDeclSyntax.self) || self.is(EnumDeclSyntax.self)
      || self.is(ClassDeclSyntax.self) || self.is(ActorDeclSyntax.self)
      || self.is(TypeAliasDeclSyntax.self)
    return isType ? asProtocol((any NamedDeclSyntax).self)?.name.plainName : nil
  }
}

extension FixIt {
  fileprivate static func addingMutating(to function: FunctionDeclSyntax) -> FixIt {
    let others: [Keyword] = [.nonmutating, .consuming, .borrowing]
    var changed = function
    changed.modifiers = function.modifiers.filter { modifier in
      !others.contains { modifier.name.tokenKind == .keyword($0) }
    }
    let modifier = DeclModifierSyntax(name: .keyword(.mutating, trailingTrivia: .space))
    if changed.modifiers.isEmpty { changed.funcKeyword.leadingTrivia = [] }
    changed.modifiers.append(modifier)
    changed.leadingTrivia = function.leadingTrivia
    return .replacing(function, with: changed, "Add 'mutating'")
  }

  fileprivate static func addingRun(to structure: StructDeclSyntax) -> FixIt {
    let indentation = Trivia(
      pieces: (structure.memberBlock.members.first?.leadingTrivia.pieces ?? [])
        .filter { if case .spaces = $0 { true } else if case .tabs = $0 { true } else { false } })
    let method = DeclSyntax(
      "func run() throws -> <#Output#> { <#code#> }"
    ).with(\.leadingTrivia, .newline + (indentation.isEmpty ? .spaces(2) : indentation))
    var changed = structure
    changed.memberBlock.members.append(MemberBlockItemSyntax(decl: method))
    if !structure.memberBlock.rightBrace.leadingTrivia.contains(where: \.isNewline) {
      changed.memberBlock.rightBrace.leadingTrivia = .newline
    }
    return .replacing(structure, with: changed, "Add 'run()'")
  }
}
