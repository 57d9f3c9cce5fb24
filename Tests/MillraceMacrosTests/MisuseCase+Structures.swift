@testable import MillraceMacros

extension MisuseCase {
  /// Types that cannot be made or run.
  static let structures: [MisuseCase] = [
    MisuseCase(
      .missingRun, "@Task struct F {\n  var x: Int\n}", 1, 14,
      "'@Task' cannot be applied to structure 'F' without a 'run()' method; add one that returns the task's value",
      fix: "Add 'run()'",
      fixed: "@Task struct F {\n  var x: Int\n  func run() throws -> <#Output#> { <#code#> }\n}"),
    MisuseCase(
      .missingRun, "@Task struct F { static func run() {} }", 1, 14,
      "'@Task' cannot be applied to structure 'F' without a 'run()' method; add one that returns the task's value",
      fix: "Add 'run()'",
      fixed:
        "@Task struct F { static func run() {} \n  func run() throws -> <#Output#> { <#code#> }\n}"),
    MisuseCase(
      .privateRun, "@Task struct F {\n  private func run() {}\n}", 2, 3,
      "'@Task' cannot be applied to structure 'F', whose 'run' is private; remove 'private'",
      fix: "Remove 'private'", fixed: "@Task struct F {\n  func run() {}\n}"),
    MisuseCase(
      .runParameter, "@Task struct F { func run(times: Int) {} }", 1, 27,
      "'@Task' cannot be applied to structure 'F', whose 'run' takes 'times'; make it a stored property, only a 'TaskContext' can be a parameter"
    ),
    MisuseCase(
      .customInitializer, "@Task struct F { init() {}; func run() {} }", 1, 18,
      "'@Task' cannot be applied to structure 'F' with an initializer of its own; move it to an extension, a task is made with its memberwise initializer"
    ),
    MisuseCase(
      .privateInput, "@Task struct F {\n  private var x: Int\n  func run() {}\n}", 2, 3,
      "'@Task' cannot be applied to structure 'F' with private property 'x', which makes the memberwise initializer private; remove 'private'",
      fix: "Remove 'private'", fixed: "@Task struct F {\n  var x: Int\n  func run() {}\n}"),
    MisuseCase(
      .privateInput,
      "@Task struct F {\n  @Injected(\\.random) private var random\n  func run() {}\n}", 2, 23,
      "'@Task' cannot be applied to structure 'F' with private property 'random', which makes the memberwise initializer private; remove 'private'",
      fix: "Remove 'private'",
      fixed: "@Task struct F {\n  @Injected(\\.random) var random\n  func run() {}\n}"),
    MisuseCase(
      .modifiedInput, "@Task struct F { lazy var x = 1; func run() {} }", 1, 18,
      "'@Task' cannot be applied to structure 'F' with 'lazy' property 'x'; make it an ordinary stored property",
      fix: "Remove 'lazy'", fixed: "@Task struct F { var x = 1; func run() {} }"),
    MisuseCase(
      .wrappedInput, "@Task struct F { @Clamped var x = 1; func run() {} }", 1, 18,
      "'@Task' cannot be applied to structure 'F' with property 'x' under '@Clamped'; only '@Injected', '@Unkeyed' and '@Artifact' are understood, make it an ordinary stored property"
    ),
    MisuseCase(
      .unassignedArtifact,
      "@Task struct F {\n  @Artifact var x: Int\n  public func run() throws {}\n}", 3, 15,
      "'@Task' cannot be applied to structure 'F' with '@Artifact' property 'x', which 'run' cannot assign; make 'run' 'mutating'",
      fix: "Add 'mutating'",
      fixed: "@Task struct F {\n  @Artifact var x: Int\n  public mutating func run() throws {}\n}"),
    MisuseCase(
      .unassignedArtifact, "@Task struct F {\n  @Artifact var x = 1\n  func run() {}\n}", 3, 8,
      "'@Task' cannot be applied to structure 'F' with '@Artifact' property 'x', which 'run' cannot assign; make 'run' 'mutating'",
      fix: "Add 'mutating'",
      fixed: "@Task struct F {\n  @Artifact var x = 1\n  mutating func run() {}\n}"),
    MisuseCase(
      .unassignedArtifact, "@Task struct F {\n  @Artifact var x = 1\n  consuming func run() {}\n}",
      3, 18,
      "'@Task' cannot be applied to structure 'F' with '@Artifact' property 'x', which 'run' cannot assign; make 'run' 'mutating'",
      fix: "Add 'mutating'",
      fixed: "@Task struct F {\n  @Artifact var x = 1\n  mutating func run() {}\n}"),
    MisuseCase(
      .wrappedTwice, "@Task struct F { @Unkeyed @Artifact var x = 1; mutating func run() {} }", 1,
      27,
      "'@Task' cannot be applied to structure 'F' with property 'x' under '@Artifact', where something else is said already; remove '@Artifact'",
      fix: "Remove '@Artifact'",
      fixed: "@Task struct F { @Unkeyed var x = 1; mutating func run() {} }"),
    MisuseCase(
      .wrappedTwice, "@Task struct F { @Unkeyed @Injected(\\.random) var x: Int; func run() {} }",
      1,
      27,
      "'@Task' cannot be applied to structure 'F' with property 'x' under '@Injected', where something else is said already; remove '@Injected'",
      fix: "Remove '@Injected(\\.random)'",
      fixed: "@Task struct F { @Unkeyed var x: Int; func run() {} }"),
    MisuseCase(
      .wrappedTwice,
      "@Task struct F {\n  @Millrace.Injected(\\.random) @Unkeyed var x\n  func run() {}\n}", 2, 32,
      "'@Task' cannot be applied to structure 'F' with property 'x' under '@Unkeyed', where something else is said already; remove '@Unkeyed'",
      fix: "Remove '@Unkeyed'",
      fixed: "@Task struct F {\n  @Millrace.Injected(\\.random) var x\n  func run() {}\n}"),
    MisuseCase(
      .privateInput, "@Task struct F {\n  @Unkeyed private var x = 0\n  func run() {}\n}", 2, 12,
      "'@Task' cannot be applied to structure 'F' with private property 'x', which makes the memberwise initializer private; remove 'private'",
      fix: "Remove 'private'", fixed: "@Task struct F {\n  @Unkeyed var x = 0\n  func run() {}\n}"),
    MisuseCase(
      .untypedInput, "@Task struct F { @Unkeyed var x = level(); func run() {} }", 1, 31,
      "'@Task' cannot be applied to structure 'F' with property 'x' without a type; write the type, only that of a literal is known",
      fix: "Write the type",
      fixed: "@Task struct F { @Unkeyed var x: <#Type#> = level(); func run() {} }"),
    MisuseCase(
      .untypedInput, "@Task struct F { var x = Row(); func run() {} }", 1, 22,
      "'@Task' cannot be applied to structure 'F' with property 'x' without a type; write the type, only that of a literal is known",
      fix: "Write the type", fixed: "@Task struct F { var x: <#Type#> = Row(); func run() {} }"),
    MisuseCase(
      .patternInput, "@Task struct F { var (x, y) = (1, 2); func run() {} }", 1, 22,
      "'@Task' cannot be applied to structure 'F' with a pattern of properties; declare one property at a time"
    ),
    MisuseCase(
      .conditionalInput, "@Task struct F {\n  #if DEBUG\n  var x = 1\n  #endif\n  func run() {}\n}",
      2, 3,
      "'@Task' cannot be applied to structure 'F' with properties, initializers or 'run' inside '#if'; move the '#if' into a body"
    ),
    MisuseCase(
      .conditionalInput, "@Task struct F {\n  #if DEBUG\n  func run() {}\n  #endif\n}", 2, 3,
      "'@Task' cannot be applied to structure 'F' with properties, initializers or 'run' inside '#if'; move the '#if' into a body"
    ),
    MisuseCase(
      .closureParameter, "@Task struct F { var body: () -> Int; func run() {} }", 1, 28,
      "'@Task' cannot be applied to structure 'F' with closure parameter 'body', which no key can contain; take the values that the closure needs"
    ),
    MisuseCase(
      .opaqueParameter, "@Task struct F { let row: some Row; func run() {} }", 1, 27,
      "'@Task' cannot be applied to structure 'F' with opaque parameter 'row'; write a type"),
    MisuseCase(
      .opaqueResult, "@Task struct F { func run() -> some Row { Row() } }", 1, 32,
      "'@Task' cannot be applied to structure 'F', which returns an opaque type; write the type"),
    MisuseCase(
      .genericDeclaration, "@Task struct F { func run<T>() -> T { 1 } }", 1, 26,
      "'@Task' cannot be applied to structure 'F', which is generic; a task's types must be known, so write one task for each type that calls it"
    ),
  ]
}
