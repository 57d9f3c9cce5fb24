@testable import MillraceMacros

extension MisuseCase {
  /// Actors that no node can make, and methods that no node can call.
  static let actors: [MisuseCase] = [
    MisuseCase(
      .methodOfNoTask, "actor A { @Task func f() {} }", 1, 22,
      "'@Task' cannot be applied to function 'f', a method of an actor that is no task; write '@Task' before the actor as well"
    ),
    MisuseCase(
      .instanceMethod, "extension A { @Task func f() {} }", 1, 26,
      "'@Task' cannot be applied to function 'f', an instance method; make it 'static', or make its type a task with a 'run()' method",
      fix: "Add 'static'", fixed: "extension A { @Task static func f() {} }"),
    MisuseCase(
      .genericDeclaration, "@Task actor A<T> {}", 1, 14,
      "'@Task' cannot be applied to actor 'A', which is generic; a task's types must be known, so write one task for each type that calls it"
    ),
    MisuseCase(
      .genericDeclaration, "@Task actor A { init<T>(_ x: T) {} }", 1, 21,
      "'@Task' cannot be applied to actor 'A', which is generic; a task's types must be known, so write one task for each type that calls it"
    ),
    MisuseCase(
      .distributedActor, "@Task distributed actor A {}", 1, 7,
      "'@Task' cannot be applied to actor 'A', which is distributed and would need a system to be made in; remove 'distributed'",
      fix: "Remove 'distributed'", fixed: "@Task actor A {}"),
    MisuseCase(
      .severalInitializers, "@Task actor A { init() {}; init(x: Int) {} }", 1, 28,
      "'@Task' cannot be applied to actor 'A' with several initializers; keep the one that nodes are made with, and move the others to an extension"
    ),
    MisuseCase(
      .privateInitializer, "@Task actor A { private init() {} }", 1, 17,
      "'@Task' cannot be applied to actor 'A', whose initializer is private; remove 'private'",
      fix: "Remove 'private'", fixed: "@Task actor A { init() {} }"),
    MisuseCase(
      .failableInitializer, "@Task actor A { init?(x: Int) {} }", 1, 21,
      "'@Task' cannot be applied to actor 'A', whose initializer may give nil; let it throw instead",
      fix: "Remove '?'", fixed: "@Task actor A { init(x: Int) {} }"),
    MisuseCase(
      .conditionalInitializer, "@Task actor A {\n  #if DEBUG\n  init() {}\n  #endif\n}", 2, 3,
      "'@Task' cannot be applied to actor 'A' with an initializer inside '#if'; move the '#if' into its body"
    ),
    MisuseCase(
      .inoutParameter, "@Task actor A { init(x: inout Int) {} }", 1, 25,
      "'@Task' cannot be applied to actor 'A' with 'inout' parameter 'x'; return the changed value instead",
      fix: "Remove 'inout'", fixed: "@Task actor A { init(x: Int) {} }"),
    MisuseCase(
      .wrappedState, "@Task actor A {\n  @Artifact var x: Int?\n  @Injected(\\.random) var y\n}", 2,
      3,
      "'@Task' cannot be applied to actor 'A' with property 'x' under '@Artifact', which is for structures; remove '@Artifact'",
      fix: "Remove '@Artifact'",
      fixed: "@Task actor A {\n  var x: Int?\n  @Injected(\\.random) var y\n}"),
    MisuseCase(
      .cachedState, "@Task(cache: .transient) actor A {}", 1, 14,
      "'@Task' cannot be applied to actor 'A' with 'cache: .transient'; what depends on an actor's state is made in every run, write '.off' or nothing",
      fix: "Replace by '.off'", fixed: "@Task(cache: .off) actor A {}"),
  ]

  /// Methods in an actor that is a task.
  static let methods: [MisuseCase] = [
    MisuseCase(
      .isolatedElsewhere, "@Task nonisolated func f() {}", 1, 7,
      "'@Task' cannot be applied to function 'f' under 'nonisolated', which keeps it from the actor's state; remove 'nonisolated', or make it 'static'",
      fix: "Remove 'nonisolated'", fixed: "@Task func f() {}"),
    MisuseCase(
      .isolatedElsewhere, "@Task @MainActor func f() {}", 1, 7,
      "'@Task' cannot be applied to function 'f' under '@MainActor', which keeps it from the actor's state; remove '@MainActor', or make it 'static'",
      fix: "Remove '@MainActor'", fixed: "@Task func f() {}"),
    MisuseCase(
      .genericDeclaration, "@Task func f<T>(_ x: T) {}", 1, 13,
      "'@Task' cannot be applied to function 'f', which is generic; a task's types must be known, so write one task for each type that calls it"
    ),
    MisuseCase(
      .unknownIgnored, "@Task(ignoring: [\"instance\"]) func f() {}", 1, 18,
      "'@Task' of function 'f' ignores 'instance', which is no input"),
    MisuseCase(
      .cachedState, "@Task(cache: .stored) func f() {}", 1, 14,
      "'@Task' cannot be applied to function 'f' with 'cache: .stored'; what depends on an actor's state is made in every run, write '.off' or nothing",
      fix: "Replace by '.off'", fixed: "@Task(cache: .off) func f() {}"),
  ]
}
