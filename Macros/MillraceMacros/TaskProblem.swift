import SwiftDiagnostics

/// Everything that `@Task` has to say to an author.
struct TaskProblem: DiagnosticMessage {
  enum Kind: String, CaseIterable {
    // The declaration.
    case notATask, typeKind, operatorFunction, genericDeclaration, appliedTwice
    // Where it stands.
    case instanceMethod, classMethod, protocolRequirement, localDeclaration, genericContext
    // An actor, and its methods.
    case methodOfNoTask, isolatedElsewhere, distributedActor, severalInitializers
    case privateInitializer, failableInitializer, conditionalInitializer
    case cachedState, wrappedState
    // A function, or a type's `run`.
    case inoutParameter, variadicParameter, closureParameter, opaqueParameter, specifiedParameter
    case wrappedParameter, tooManyParameters, rethrowsFunction, closureResult, opaqueResult
    // A type.
    case missingRun, privateRun, runParameter, customInitializer, privateInput, modifiedInput
    case unassignedArtifact, wrappedInput, wrappedTwice, untypedInput, patternInput
    case conditionalInput
    // The attribute's arguments.
    case unknownIgnored, computedIgnored, reservedName
  }

  let kind: Kind
  /// The declaration, as in `function 'load'`.
  let subject: String
  /// The name of what is wrong: a parameter, a property, a modifier.
  let name: String
  /// A further name, where the sentence has one.
  var other: String = ""

  var severity: DiagnosticSeverity { .error }
  var diagnosticID: MessageID { MessageID(domain: "Millrace", id: kind.rawValue) }

  var message: String {
    switch kind {
    case .unknownIgnored, .computedIgnored, .reservedName: "'@Task' of \(subject) \(fault)"
    default: "'@Task' cannot be applied to \(subject)\(fault)"
    }
  }

  /// The rest of the sentence.
  private var fault: String {
    switch kind {
    case .notATask: "; annotate a function, or a structure with a 'run()' method"
    case .typeKind: "; make it a structure, whose stored properties are the task's inputs"
    case .methodOfNoTask:
      ", a method of an actor that is no task; write '@Task' before the actor as well"
    case .isolatedElsewhere:
      " under '\(name)', which keeps it from the actor's state; remove '\(name)', or make it 'static'"
    case .distributedActor:
      ", which is distributed and would need a system to be made in; remove 'distributed'"
    case .severalInitializers:
      " with several initializers; keep the one that nodes are made with, and move the others to an extension"
    case .privateInitializer: ", whose initializer is private; remove 'private'"
    case .failableInitializer: ", whose initializer may give nil; let it throw instead"
    case .conditionalInitializer:
      " with an initializer inside '#if'; move the '#if' into its body"
    case .cachedState:
      " with 'cache: \(name)'; what depends on an actor's state is made in every run, write '.off' or nothing"
    case .wrappedState:
      " with property '\(name)' under '@\(other)', which is for structures; remove '@\(other)'"
    case .operatorFunction: "; give the function a name"
    case .genericDeclaration:
      ", which is generic; a task's types must be known, so write one task for each type that calls it"
    case .appliedTwice: " twice; remove one of the attributes"
    case .instanceMethod:
      ", an instance method; make it 'static', or make its type a task with a 'run()' method"
    case .classMethod: ", which subclasses may override; make it 'static'"
    case .protocolRequirement: " in a protocol; annotate the functions that implement it"
    case .localDeclaration: " inside a function or closure; move it out"
    case .genericContext:
      " in a generic type or a constrained extension; move it to file scope or to a type without generic parameters"
    case .inoutParameter: " with 'inout' parameter '\(name)'; return the changed value instead"
    case .variadicParameter: " with variadic parameter '\(name)'; take an array"
    case .closureParameter:
      " with closure parameter '\(name)', which no key can contain; take the values that the closure needs"
    case .opaqueParameter: " with opaque parameter '\(name)'; write a type"
    case .specifiedParameter: " with '\(other)' parameter '\(name)'; remove '\(other)'"
    case .wrappedParameter:
      " with parameter '\(name)' under '@\(other)', which is for properties; \(Self.remedy(insteadOf: other))"
    case .tooManyParameters: " with more than \(name) inputs; put them into a structure"
    case .rethrowsFunction: ", which rethrows; write 'throws'"
    case .closureResult: ", which returns a closure; return a value"
    case .opaqueResult: ", which returns an opaque type; write the type"
    case .missingRun: " without a 'run()' method; add one that returns the task's value"
    case .privateRun: ", whose 'run' is private; remove '\(name)'"
    case .runParameter:
      ", whose 'run' takes '\(name)'; make it a stored property, only a 'TaskContext' can be a parameter"
    case .customInitializer:
      " with an initializer of its own; move it to an extension, a task is made with its memberwise initializer"
    case .privateInput:
      " with private property '\(name)', which makes the memberwise initializer private; remove 'private'"
    case .modifiedInput: " with '\(other)' property '\(name)'; make it an ordinary stored property"
    case .wrappedInput:
      " with property '\(name)' under '@\(other)'; only '@Injected', '@Unkeyed' and '@Artifact' are understood, make it an ordinary stored property"
    case .unassignedArtifact:
      " with '@Artifact' property '\(name)', which 'run' cannot assign; make 'run' 'mutating'"
    case .wrappedTwice:
      " with property '\(name)' under '@\(other)', where something else is said already; remove '@\(other)'"
    case .untypedInput:
      " with property '\(name)' without a type; write the type, only that of a literal is known"
    case .patternInput: " with a pattern of properties; declare one property at a time"
    case .conditionalInput:
      " with properties, initializers or 'run' inside '#if'; move the '#if' into a body"
    case .unknownIgnored:
      "ignores '\(name)', which is no input\(other.isEmpty ? "" : "; did you mean '\(other)'?")"
    case .reservedName:
      "names it '\(name)', but '::' stands between a node and its further outputs; choose another name"
    case .computedIgnored: "must list the inputs to ignore as string literals"
    }
  }
}

extension TaskProblem {
  /// How a function says what properties say with a wrapper.
  private static func remedy(insteadOf wrapper: String) -> String {
    switch PropertyWrapper(rawValue: wrapper) {
    case .injected: "take a parameter of type 'TaskContext'"
    case .unkeyed, nil: "name it in 'ignoring:'"
    case .artifact: "save it with 'context.artifacts.save(_:as:)'"
    }
  }
}

/// A fix-it's sentence.
struct TaskFix: FixItMessage {
  let message: String
  var fixItID: MessageID { MessageID(domain: "Millrace", id: message) }

  init(_ message: String) { self.message = message }
}
