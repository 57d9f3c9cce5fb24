@testable import MillraceMacros

extension MisuseCase {
  /// Declarations that are no tasks, and places where none can stand.
  static let declarations: [MisuseCase] = [
    MisuseCase(
      .notATask, "@Task var x = 1", 1, 1,
      "'@Task' cannot be applied to this declaration; annotate a function, or a structure with a 'run()' method"
    ),
    MisuseCase(
      .typeKind, "@Task final class Train { func run() {} }", 1, 13,
      "'@Task' cannot be applied to class 'Train'; make it a structure, whose stored properties are the task's inputs"
    ),
    MisuseCase(
      .typeKind, "@Task enum Train {}", 1, 7,
      "'@Task' cannot be applied to enum 'Train'; make it a structure, whose stored properties are the task's inputs"
    ),
    MisuseCase(
      .operatorFunction, "@Task func + (a: Int, b: Int) -> Int { 1 }", 1, 12,
      "'@Task' cannot be applied to function '+'; give the function a name"),
    MisuseCase(
      .genericDeclaration, "@Task func f<T>(_ x: T) -> T { x }", 1, 13,
      "'@Task' cannot be applied to function 'f', which is generic; a task's types must be known, so write one task for each type that calls it"
    ),
    MisuseCase(
      .genericDeclaration, "@Task struct F<T> { func run() {} }", 1, 15,
      "'@Task' cannot be applied to structure 'F', which is generic; a task's types must be known, so write one task for each type that calls it"
    ),
    MisuseCase(
      .appliedTwice, "@Task(version: 2) @Task func f() {}", 1, 19,
      "'@Task' cannot be applied to function 'f' twice; remove one of the attributes",
      fix: "Remove '@Task'", fixed: "@Task(version: 2) func f() {}"),
    MisuseCase(
      .instanceMethod, "struct S { @Task func f() {} }", 1, 23,
      "'@Task' cannot be applied to function 'f', an instance method; make it 'static', or make its type a task with a 'run()' method",
      fix: "Add 'static'", fixed: "struct S { @Task static func f() {} }"),
    MisuseCase(
      .instanceMethod, "extension S { @Task\npublic mutating func f() {} }", 2, 22,
      "'@Task' cannot be applied to function 'f', an instance method; make it 'static', or make its type a task with a 'run()' method",
      fix: "Add 'static'", fixed: "extension S { @Task\npublic static func f() {} }"),
    MisuseCase(
      .classMethod, "class C { @Task class func f() {} }", 1, 17,
      "'@Task' cannot be applied to function 'f', which subclasses may override; make it 'static'",
      fix: "Replace 'class' by 'static'", fixed: "class C { @Task static func f() {} }"),
    MisuseCase(
      .protocolRequirement, "protocol P { @Task static func f() }", 1, 32,
      "'@Task' cannot be applied to function 'f' in a protocol; annotate the functions that implement it"
    ),
    MisuseCase(
      .localDeclaration, "func outer() { @Task func f() {} }", 1, 27,
      "'@Task' cannot be applied to function 'f' inside a function or closure; move it out"),
    MisuseCase(
      .genericContext, "struct S<T> { enum Deep { @Task static func f() {} } }", 1, 45,
      "'@Task' cannot be applied to function 'f' in a generic type or a constrained extension; move it to file scope or to a type without generic parameters"
    ),
    MisuseCase(
      .genericContext, "extension Array where Element == Int { @Task static func f() {} }", 1, 58,
      "'@Task' cannot be applied to function 'f' in a generic type or a constrained extension; move it to file scope or to a type without generic parameters"
    ),
    MisuseCase(
      .genericContext, "extension [Int] { @Task struct F { func run() {} } }", 1, 32,
      "'@Task' cannot be applied to structure 'F' in a generic type or a constrained extension; move it to file scope or to a type without generic parameters"
    ),
  ]
}
