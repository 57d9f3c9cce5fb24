import Testing

/// What an author gets wrong is found by the compiler, with a sentence that says what to do.
@Suite(.serialized) struct MustNotCompileTests {
  struct Misuse: CustomTestStringConvertible, Sendable {
    var name: String
    var source: String
    /// What one of the errors must contain.
    var message: String
    var testDescription: String { name }
  }

  static let tasks = """
    @Task func load(_ path: String) -> String { path }
    @Task func count(_ text: String, from start: Int = 0) -> Int { text.count - start }

    """

  static let part = """
    struct Part: SubPipeline {
      var text: Node<String>
      var body: Node<Int> { $count(text) }
    }

    """

  static let misuses = [
    Misuse(
      name: "a wrong edge",
      source: tasks + #"let graph = Graph { $load($count("a")) }"#,
      message: "the types 'Int' and 'String' be equivalent"),
    Misuse(
      name: "a constant of the wrong type",
      source: tasks + "let node = $load(1)",
      message: "the types 'Int' and 'String' be equivalent"),
    Misuse(
      name: "a missing argument",
      source: tasks + "let node = $count(from: 1)",
      message: "missing argument for parameter #1 in call"),
    Misuse(
      name: "an extra argument",
      source: tasks + #"let node = $load("a", retries: 3)"#,
      message: "extra argument 'retries' in call"),
    Misuse(
      name: "a stored output that is not Codable",
      source: """
        struct Model { var weights: [Double] }
        @Task func train(_ rows: [Double]) -> Model { Model(weights: rows) }
        """,
      message: "a stored task must return a 'Codable' type; make the type 'Codable', or write"),
    Misuse(
      name: "a further output that is not Codable",
      source: """
        struct Curve: Sendable { var points: [Double] }
        @Task struct Train {
          @Artifact var curve: Curve
          mutating func run() -> Int { 1 }
        }
        """,
      message: "an '@Artifact' property must have a 'Codable' and 'Sendable' type"),
    Misuse(
      name: "a further output that 'run' cannot assign",
      source: "@Task struct Train { @Artifact var note: String; func run() -> Int { 1 } }",
      message: "which 'run' cannot assign; make 'run' 'mutating'"),
    Misuse(
      name: "inout",
      source: "@Task func sort(_ rows: inout [Int]) -> Int { rows.sort(); return 0 }",
      message: "'inout'"),
    Misuse(
      name: "a variadic parameter",
      source: "@Task func add(_ numbers: Int...) -> Int { numbers.reduce(0, +) }",
      message: "variadic"),
    Misuse(
      name: "a closure as a parameter",
      source: "@Task func apply(_ change: (Int) -> Int) -> Int { change(1) }",
      message: "closure"),
    Misuse(
      name: "a generic task",
      source: "@Task func first<T: Codable & Sendable>(_ list: [T]) -> T { list[0] }",
      message: "generic"),
    Misuse(
      name: "an instance method",
      source: "struct Steps { @Task func load() -> Int { 1 } }",
      message: "static"),
    Misuse(
      name: "a method of an actor that is no task",
      source: "actor Steps { @Task func load() -> Int { 1 } }",
      message: "write '@Task' before the actor as well"),
    Misuse(
      name: "a plain actor where an instance node is needed",
      source: """
        @Task actor Counter { @Task func add(_ number: Int) -> Int { number } }
        let node = Counter.$add(Counter(), 1)
        """,
      message: "cannot convert value of type 'Counter' to expected argument type 'Node<Counter>'"),
    Misuse(
      name: "a class that a method of an actor returns",
      source: """
        final class Model { var weight = 1.0 }
        @Task actor Trainer { @Task func make() -> Model { Model() } }
        """,
      message: "Sendable"),
    Misuse(
      name: "a type without run()",
      source: "@Task struct Train { var rows: [Int] }",
      message: "run()"),
    Misuse(
      name: "a class as a value between tasks",
      source: """
        final class Model { var weight = 1.0 }
        @Task(cache: .transient) func make() -> Model { Model() }
        """,
      message: "Sendable"),
    Misuse(
      name: "a statement that is no node",
      source: tasks + #"let graph = Graph { load("a") }"#,
      message: "not a node; mark the function '@Task' and call it as '$name(…)' here"),
    Misuse(
      name: "elements that cannot be keyed",
      source: """
        struct Handle: Sendable {}
        @Task(cache: .transient) func handles() -> [Handle] { [] }
        @Task func use(_ handle: Handle) -> Int { 1 }
        let node = ForEach($handles()) { $use($0) }
        """,
      message: "'Handle'"),
    Misuse(
      name: "printing what is no text",
      source: tasks + #"let node = $count("a").printed()"#,
      message: "printed"),
    Misuse(
      name: "a wrong edge into a sub-pipeline",
      source: tasks + part + #"let node = Part(text: $count("a"))()"#,
      message: "'Node<Int>' to expected argument type 'Node<String>'"),
    Misuse(
      name: "a wrong edge out of a sub-pipeline",
      source: tasks + part + #"let node = $load(Part(text: $load("a"))())"#,
      message: "the types 'Int' and 'String' be equivalent"),
    Misuse(
      name: "a sub-pipeline of several results as a statement",
      source: tasks + """
        struct Pair: SubPipeline {
          var body: (Node<String>, Node<Int>) { ($load("a"), $count("a")) }
        }
        let graph = Graph { Pair() }
        """,
      message: "its results are no single node; call it, and write those that are asked for"),
  ]

  @Test(arguments: misuses)
  func `it is refused with a sentence`(misuse: Misuse) throws {
    let outcome = try Compiler.typeCheck(misuse.source)
    #expect(!outcome.succeeded)
    #expect(
      outcome.errors.contains { $0.contains(misuse.message) },
      "the compiler said: \(outcome.output)")
  }
}
