import Testing

@testable import MillraceMacros

/// What of a declaration is seen in its lifted functions and its definition.
@Suite
struct LiftingTests {
  /// One line for each function `$f` that a declaration is lifted to: the types of its parameters,
  /// `N` where a node is welcome.
  @Test(arguments: [
    ("func f() {}", [""]),
    ("func f(_ x: Int) {}", ["N", "Int"]),
    ("func f(_ x: Int = 1) {}", ["N", "Int"]),
    ("func f(_ x: Int, _ y: A = .a) {}", ["N N", "N A", "Int A"]),
    ("func f(_ x: A, _ y: B) {}", ["N N", "A N", "N B", "A B"]),
    (
      "func f(_ x: A, _ y: B, _ z: C) {}",
      ["N N N", "A N N", "N B N", "A B N", "N N C", "A N C", "N B C", "A B C"]
    ),
    (
      "func f(_ x: A, _ y: A, _ z: A, _ w: A, _ v: B = b) {}",
      ["N N N N N", "N N N N B", "A A A A B"]
    ),
    ("func f(_ x: Int, context: TaskContext) {}", ["N", "Int"]),
  ])
  func `plain values and nodes mix`(_ source: String, _ functions: [String]) {
    let found = expand("@Task \(source)").text.matches(of: /func \$f\(([^{]*)\) -> Millrace/)
    let types = found.map { function in
      function.1.split(separator: "\n").map { parameter in
        let type = parameter.split(separator: ": ", maxSplits: 1).last ?? ""
        return type.hasPrefix("some ") ? "N" : String(type.prefix { $0 != "," && $0 != " " })
      }.joined(separator: " ")
    }
    #expect(types == functions)
  }

  @Test(arguments: [
    ("public func f() {}", "nonisolated public func $f("),
    ("fileprivate func f() {}", "nonisolated fileprivate func $f("),
    ("@inlinable public func f() {}", "nonisolated public func $f("),
    ("nonisolated func f() {}", "nonisolated func $f("),
    ("func `class`() {}", "nonisolated func $class("),
    ("func `a b`() {}", "nonisolated func `$a b`("),
    (
      "@available(*, deprecated) func f() {}",
      "@available(*, deprecated)\nnonisolated func $f("
    ),
  ])
  func `a lifted function is as visible as its task`(_ source: String, _ head: String) {
    #expect(expand("@Task \(source)").text.contains(head))
  }

  @Test(arguments: [
    ("func f(_ x: Int) -> Int { x }", "sync: { f($0[0, as: Int.self]) }"),
    ("func f() throws -> Int { 1 }", "sync: { _ in try f() }"),
    ("func f() async -> Int { 1 }", "async: { _ in await f() }"),
    ("func f() async throws(E) -> Int { 1 }", "async: { _ in try await f() }"),
    ("@MainActor func f() -> Int { 1 }", "async: { @MainActor _ in f() }"),
    ("@MainActor nonisolated func f() -> Int { 1 }", "sync: { _ in f() }"),
    ("func f(c: TaskContext?, x: Int) {}", "sync: { f(c: $0.context, x: $0[0, as: Int.self]) }"),
    ("func f(_ x: any P) {}", "sync: { f($0[0, as: (any P).self]) }"),
    ("struct F { func run() {} }", "sync: { _ in F().run() }"),
    ("struct F { func run(c: TaskContext) async {} }", "async: { await F().run(c: $0.context) }"),
    ("@MainActor struct F { var x: Int; func run() {} }", "async: { @MainActor in F(x: $0[0"),
  ])
  func `the body calls the task with what its signature needs`(_ source: String, _ body: String) {
    #expect(expand("@Task \(source)").text.contains(body))
  }

  @Test(arguments: [
    ("@Task func f() -> Int { 1 }", ".__stored(Int.self, \"Int\")"),
    ("@Task(cache: .stored) func f() -> Int { 1 }", ".__stored(Int.self, \"Int\")"),
    ("@Task(cache: policy) func f() -> Int { 1 }", ".__stored(Int.self, \"Int\")"),
    ("@Task(cache: .transient) func f() -> Int { 1 }", ".__passing(Int.self, \"Int\")"),
    ("@Task(cache: CachePolicy.off) func f() -> Int { 1 }", ".__passing(Int.self, \"Int\")"),
    ("@Task func f() -> Void {}", ".__effect()"),
    ("@Task(cache: .off) func f() -> (()) {}", ".__effect()"),
  ])
  func `the output says what becomes of it`(_ source: String, _ output: String) {
    #expect(expand(source).text.contains("output: \(output),"))
  }

  @Test(arguments: [
    ("enum A { struct B { @Task static func f(x: Int, _ y: Int) {} } }", "A.B.f(x:_:)", false),
    ("extension A.B { @Task static func f() {} }", "A.B.f()", false),
    ("private extension A { @Task static func f() {} }", "A.f()", true),
    ("fileprivate enum A { enum B { @Task struct F { func run() {} } } }", "A.B.F", true),
    ("@Task func `default`(`in` x: Int, c: TaskContext) {}", "default(in:)", false),
  ])
  func `the path names the declaration`(_ source: String, _ path: String, isPrivate: Bool) {
    let text = expand(source).text
    #expect(text.contains("path: \"\(path)\","))
    #expect(text.contains("isPrivate: \(isPrivate))"))
  }

  @Test
  func `memberwise inputs are the stored properties that are not fixed`() {
    let members = """
      var a, b: Int, c = 1.5
      let d: String
      let e = 1
      static var f = 1
      var g: Int { 1 }
      var h: Int = 1 { didSet {} }
      var i: Int?
      let j: Int?
      private let k = 1
      """
    let text = expand("@Task struct F {\n\(members)\nfunc run() {}\n}").text
    let inputs =
      "a: Int,\n  b: Int,\n  c: Double = 1.5,\n  d: String,\n  h: Int = 1,\n  i: Int? = nil,\n  j: Int?\n"
    #expect(text.contains(inputs))
  }

  @Test(arguments: [
    ("@Task", "ignoring: [\"level\", \"device\"]"),
    ("@Task(version: 2)", "version: 2, ignoring: [\"level\", \"device\"]"),
    ("@Task(ignoring: [\"x\"])", "ignoring: [\"x\", \"level\", \"device\"]"),
    // To say it twice does no harm.
    ("@Task(ignoring: [\"device\", \"x\"])", "ignoring: [\"device\", \"x\", \"level\"]"),
  ])
  func `unkeyed properties are inputs that are ignored`(_ attribute: String, _ arguments: String) {
    let text = expand(
      """
      \(attribute) struct F {
        @Unkeyed var level = 0
        var x: Int
        @Millrace.Unkeyed var device: Device
        func run() -> Int { x }
      }
      """
    ).text
    #expect(text.contains("attributes: Millrace.TaskAttributes(\(arguments)),"))
    #expect(text.contains("  level: Int = 0,\n  x: Int,\n  device: Device\n"))
    #expect(
      text.contains(
        "F(level: $0[0, as: Int.self], x: $0[1, as: Int.self], device: $0[2, as: Device.self]).run()"
      ))
  }

  @Test(arguments: [
    ("", "-> Int", "let __output = __task.run()", "return __output"),
    ("", "throws", "try __task.run()", ""),
    ("@MainActor ", "async -> Int", "let __output = await __task.run()", "return __output"),
  ])
  func `artifacts are no inputs and saved behind the run`(
    _ attribute: String, _ effects: String, _ call: String, _ end: String
  ) {
    let text = expand(
      """
      \(attribute)@Task struct F {
        @Artifact var plot: Data?
        @Millrace.Artifact public var `class` = 1
        mutating func run() \(effects) { 1 }
      }
      """
    ).text
    #expect(text.contains("parameters: [],"))
    let head = attribute.isEmpty ? "" : " @MainActor in"
    let lines = [
      "{\(head)", "  var __task = F()", "  \(call)",
      "  try $0.__save(__task.$plot, as: \"plot\")",
      "  try $0.__save(__task.$class, as: \"class\")",
    ]
    let body = (lines + (end.isEmpty ? [] : ["  \(end)"]) + ["}"]).joined(separator: "\n")
    #expect(text.replacing("\n    ", with: "\n").contains(body))
  }

  @Test
  func `a tuple is taken apart and put together`() {
    let text = expand("@Task func f(_ x: (a: A, B)) -> (C, in: D) { g(x) }").text
    #expect(
      text.contains(
        ".__parameter(\"x\", (a: A, B).self, \"(a: A, B)\", A.self, B.self, split: { ($0.a, $0.1) })"
      ))
    #expect(
      text.contains(
        ".__stored((C, in: D).self, \"(C, in: D)\", C.self, D.self, split: { ($0.0, $0.in) }, join: { ($0, in: $1) })"
      ))
    #expect(text.contains("-> (Millrace.Node<C>, in: Millrace.Node<D>) {"))
    #expect(text.contains("return (__node[dynamicMember: \\.0], in: __node[dynamicMember: \\.in])"))
    #expect(text.contains("_ x: (a: some Millrace.TaskInput<A>, some Millrace.TaskInput<B>)"))
    #expect(text.contains("$0.bind(joining: x.a, x.1, as: (a: A, B).self, { (a: $0, $1) })"))
    #expect(!expand("@Task func f(_ x: (A)) -> (B) { g(x) }").text.contains("split:"))
  }

  @Test
  func `a function that throws nothing is not tried`() {
    #expect(expand("@Task func f() throws(Never) -> Int { 1 }").text.contains("sync: { _ in f() }"))
    #expect(expand("@Task func f() throws(E) -> Int { 1 }").text.contains("sync: { _ in try f() }"))
  }

  @Test
  func `overloads have definitions of their own`() {
    let sources = ["_ x: Int", "_ x: String", "x: Int", "_ x: Int, _ y: Int"]
    let names = sources.compactMap {
      expand("@Task func f(\($0)) {}").text.firstMatch(of: /enum (\w+)/)?.1
    }
    #expect(Set(names).count == sources.count)
  }

  @Test
  func `nothing runs an unavailable task`() {
    let text = expand("@available(*, unavailable) @Task func f() {}").text
    #expect(text.contains("func $f(") && !text.contains("TaskDefinition("))
  }
}
