@testable import MillraceMacros

extension MisuseCase {
  /// Signatures that cannot be lifted, and arguments that name nothing.
  static let functions: [MisuseCase] = [
    MisuseCase(
      .inoutParameter, "@Task func f(rows: inout [Int]) {}", 1, 20,
      "'@Task' cannot be applied to function 'f' with 'inout' parameter 'rows'; return the changed value instead",
      fix: "Remove 'inout'", fixed: "@Task func f(rows: [Int]) {}"),
    MisuseCase(
      .variadicParameter, "@Task func f(_ rows: Int...) {}", 1, 25,
      "'@Task' cannot be applied to function 'f' with variadic parameter 'rows'; take an array",
      fix: "Take an array", fixed: "@Task func f(_ rows: [Int]) {}"),
    MisuseCase(
      .closureParameter, "@Task func f(_ body: @escaping () -> Int) {}", 1, 32,
      "'@Task' cannot be applied to function 'f' with closure parameter 'body', which no key can contain; take the values that the closure needs"
    ),
    MisuseCase(
      .closureParameter, "@Task func f(_ body: @escaping Handler) {}", 1, 22,
      "'@Task' cannot be applied to function 'f' with closure parameter 'body', which no key can contain; take the values that the closure needs"
    ),
    MisuseCase(
      .closureParameter, "@Task func f(_ body: [(Int) -> Int]?) {}", 1, 23,
      "'@Task' cannot be applied to function 'f' with closure parameter 'body', which no key can contain; take the values that the closure needs"
    ),
    MisuseCase(
      .opaqueParameter, "@Task func f(_ rows: [some Row]) {}", 1, 23,
      "'@Task' cannot be applied to function 'f' with opaque parameter 'rows'; write a type",
      fix: "Replace 'some' by 'any'", fixed: "@Task func f(_ rows: [any Row]) {}"),
    MisuseCase(
      .specifiedParameter, "@Task func f(_ worker: isolated Worker) {}", 1, 24,
      "'@Task' cannot be applied to function 'f' with 'isolated' parameter 'worker'; remove 'isolated'",
      fix: "Remove 'isolated'", fixed: "@Task func f(_ worker: Worker) {}"),
    MisuseCase(
      .tooManyParameters,
      "@Task func f(\((0...60).map { "_ x\($0): Int" }.joined(separator: ", "))) {}", 1, 12,
      "'@Task' cannot be applied to function 'f' with more than 60 inputs; put them into a structure"
    ),
    MisuseCase(
      .rethrowsFunction, "@Task func f() rethrows {}", 1, 16,
      "'@Task' cannot be applied to function 'f', which rethrows; write 'throws'",
      fix: "Replace 'rethrows' by 'throws'", fixed: "@Task func f() throws {}"),
    MisuseCase(
      .closureResult, "@Task func f() -> (Int) -> Int { { $0 } }", 1, 19,
      "'@Task' cannot be applied to function 'f', which returns a closure; return a value"),
    MisuseCase(
      .opaqueResult, "@Task func f() -> some Row { Row() }", 1, 19,
      "'@Task' cannot be applied to function 'f', which returns an opaque type; write the type"),
    MisuseCase(
      .wrappedParameter, "@Task func f(@Artifact x: Int) {}", 1, 14,
      "'@Task' cannot be applied to function 'f' with parameter 'x' under '@Artifact', which is for properties; save it with 'context.artifacts.save(_:as:)'"
    ),
    MisuseCase(
      .wrappedParameter, "@Task func f(@Unkeyed x: Int) {}", 1, 14,
      "'@Task' cannot be applied to function 'f' with parameter 'x' under '@Unkeyed', which is for properties; name it in 'ignoring:'"
    ),
    MisuseCase(
      .wrappedParameter, "@Task func f(_ x: Int, @Injected(\\.random) random: SeededRandom) {}", 1,
      24,
      "'@Task' cannot be applied to function 'f' with parameter 'random' under '@Injected', which is for properties; take a parameter of type 'TaskContext'"
    ),
    MisuseCase(
      .reservedName, "@Task(\"fit::fast\", version: 2) func f() {}", 1, 7,
      "'@Task' of function 'f' names it 'fit::fast', but '::' stands between a node and its further outputs; choose another name"
    ),
    MisuseCase(
      .unknownIgnored, "@Task(ignoring: [\"verbose\"]) func f(verbosity: Int) {}", 1, 18,
      "'@Task' of function 'f' ignores 'verbose', which is no input; did you mean 'verbosity'?",
      fix: "Replace 'verbose' by 'verbosity'",
      fixed: "@Task(ignoring: [\"verbosity\"]) func f(verbosity: Int) {}"),
    MisuseCase(
      .unknownIgnored, "@Task(ignoring: [\"context\"]) func f(context: TaskContext) {}", 1, 18,
      "'@Task' of function 'f' ignores 'context', which is no input"),
    MisuseCase(
      .computedIgnored, "@Task(ignoring: names) func f(x: Int) {}", 1, 17,
      "'@Task' of function 'f' must list the inputs to ignore as string literals"),
    MisuseCase(
      .computedIgnored, "@Task(ignoring: [\"\\(name)\"]) func f(x: Int) {}", 1, 18,
      "'@Task' of function 'f' must list the inputs to ignore as string literals"),
  ]
}
