import SwiftSyntax

extension TaskSignature {
  /// The constant that holds the task's definition, and the record by which a run finds it.
  ///
  /// At file scope it stands in an enumeration: in a `main.swift` a plain constant would have no
  /// value before its own line has run.
  func definitions(
    named name: TaskName, record: TaskName, from source: TaskSource
  ) -> [DeclSyntax] {
    let shared = attributes.map { "\($0)\n" }.joined()
    let report = " \(availability)Millrace.__Code.report($0, \(name.reference)) "
    if place.isMember {
      let constant = "\(shared)nonisolated private static let \(name.unique)"
      let found = CodeRecord.text(
        named: record.unique, attributes: shared, modifiers: "private ", report: report)
      return [
        DeclSyntax(unparsed: "\(constant) = \(value(from: source))"),
        DeclSyntax(unparsed: found),
      ]
    }
    let constant = "nonisolated static let definition = \(value(from: source))"
    let found = CodeRecord.text(named: "__record", modifiers: "", report: report)
    return [
      DeclSyntax(
        unparsed: """
          \(shared)private enum \(name.unique) {
          \(constant.indented)

          \(found.indented)
          }
          """)
    ]
  }

  /// Leaves a record's function where the system is too old for the task.
  private var availability: String {
    attributes.compactMap { attribute in
      guard attribute.hasPrefix("@available("), attribute.hasSuffix(", *)") else { return nil }
      return "guard #\(attribute.dropFirst()) else { return }; "
    }.joined()
  }

  private func value(from source: TaskSource) -> String {
    let types = parameters.map { "\"\($0.type.text)\"" }.joined(separator: ", ")
    let recorded = parameters.map { parameter in
      let elements = parameter.shape.map { ", \($0.metatypes), split: \($0.split)" } ?? ""
      return
        ".__parameter(\"\(parameter.recordedName)\", \(parameter.type.metatype), \"\(parameter.type.text)\"\(elements))"
    }
    var fields = [
      """
      __id: Millrace.TaskID(
        fileID: \(source.fileID), path: "\(path)",
        parameterTypes: [\(types)], isPrivate: \(isPrivate))
      """,
      "attributes: Millrace.TaskAttributes(\(arguments))",
      "fingerprint: Millrace.Fingerprint(\(source.fingerprint.literals))",
      "usedNames: [\(source.names.used.quoted)]",
      "calledNames: [\(source.names.called.quoted)]",
      "line: \(source.line)",
      recorded.isEmpty
        ? "parameters: []"
        : "parameters: [\n\(recorded.joined(separator: ",\n").indented)\n]",
      "output: \(outputExpression)",
    ]
    if injects { fields.append("injects: true") }
    let isAsync = effects.needsAsync || state == .method
    fields.append("\(isAsync ? "async" : "sync"): \(closure)")
    return "Millrace.TaskDefinition(\n\(fields.joined(separator: ",\n").indented)\n)"
  }

  private var outputExpression: String {
    if state == .method && output == nil { return ".__result()" }
    guard let output else { return ".__effect()" }
    let form =
      switch state {
      case .none: keepsValue ? ".__stored" : ".__passing"
      case .instance: ".__instance"
      case .method: ".__result"
      }
    let elements =
      outputShape.map { ", \($0.metatypes), split: \($0.split), join: \($0.join)" } ?? ""
    return "\(form)(\(output.metatype), \"\(output.text)\"\(elements))"
  }

  /// The body: it takes the inputs as `$0`, a name that no task can have.
  private var closure: String {
    let isolation = effects.actor.map { "\($0) " } ?? ""
    let takesNothing = parameters.isEmpty && !body.takesContext
    // Without a parameter list, a closure that does not use `$0` would take nothing.
    let head = isolation + (takesNothing ? "_ in " : isolation.isEmpty ? "" : "in ")
    switch body {
    case .function(let arguments):
      let call = "\(callee)(\(arguments.map(source(of:)).joined(separator: ", ")))"
      return "{ \(head)\(effects.callPrefix)\(call) }"
    case .method(let arguments):
      // The inputs behind the instance are the method's own.
      let own = arguments.map { argument in
        source(
          of: TaskBody.Argument(label: argument.label, input: argument.input.map { $0 + 1 }))
      }
      let instance = source(of: TaskBody.Argument(label: "", input: 0))
      let prefix = effects.isThrowing ? "try await" : "await"
      return "{ \(prefix) \(instance).\(nameToken.trimmed.text)(\(own.joined(separator: ", "))) }"
    case .structure(let runArguments, let isMutating, let artifacts):
      let inputs = parameters.enumerated().map { index, parameter in
        source(of: TaskBody.Argument(label: "\(parameter.name): ", input: index))
      }
      let task = "\(callee)(\(inputs.joined(separator: ", ")))"
      let run = "run(\(runArguments.map(source(of:)).joined(separator: ", ")))"
      if !isMutating { return "{ \(head)\(effects.callPrefix)\(task).\(run) }" }
      let call = "\(effects.callPrefix)__task.\(run)"
      let saved = artifacts.map {
        "try $0.__save(__task.$\($0.withoutBackticks), as: \"\($0.withoutBackticks)\")"
      }
      let rest =
        switch (saved.isEmpty, output == nil) {
        case (true, _): ["return \(call)"]
        case (false, true): [call] + saved
        case (false, false): ["let __output = \(call)"] + saved + ["return __output"]
        }
      return """
        {\(head.isEmpty ? "" : " \(head.dropLast())")
          var __task = \(task)
        \(rest.joined(separator: "\n").indented)
        }
        """
    }
  }

  /// The function or type, from anywhere in the module.
  private var callee: String { place.path(of: nameToken.trimmed.text) }

  private func source(of argument: TaskBody.Argument) -> String {
    guard let input = argument.input else { return "\(argument.label)$0.context" }
    return "\(argument.label)$0[\(input), as: \(parameters[input].type.metatype)]"
  }
}

extension String {
  /// Every line two spaces further right.
  var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }
}
