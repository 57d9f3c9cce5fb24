import Testing

/// What the types of a pipeline cost the compiler, counted in steps of its solver and not in time. It gives
/// up after a million in one statement ("unable to type-check this expression in reasonable time").
@Suite(.timeLimit(.minutes(10))) struct TypeCheckingTests {
  private let tasks = """
    @Task func load(_ path: String) throws -> [Double] { [] }
    @Task func scale(_ values: [Double], by factor: Double = 1, offset: Float = 0) -> [Double] { values }
    @Task func total(_ values: [[Double]], label: String? = nil) -> Double { 0 }
    @Task func isLarge(_ value: Double, than limit: Double = 10) -> Bool { value > limit }
    @Task func files(_ folder: InputDirectory) throws -> [InputFile] { try folder.files() }
    @Task func size(_ file: InputFile, unit: Int = 1) throws -> Int { 1 }
    @Task func largest(_ sizes: [Int], _ named: [String: Double] = [:]) -> Int { 0 }
    @Task func report(_ total: Double, _ sizes: [Int], widths: [Int] = []) -> String { "" }
    """

  private func body(_ statements: [String]) -> String {
    """
    \(tasks)
    struct Many: Pipeline {
      var folder = "Data"
      var body: Graph {
    \(statements.joined(separator: "\n"))
      }
    }
    """
  }

  private func steps(atMost limit: Int) -> [String] {
    ["-Xfrontend", "-solver-scope-threshold=\(limit)"]
  }

  @Test func `a body of a hundred statements takes few steps in each of them`() throws {
    let statements = (0..<10).flatMap { n in
      [
        #"let values\#(n) = $load("values\#(n).csv").retry(.times(3))"#,
        #"let scaled\#(n) = $scale($scale($scale(values\#(n), by: 2), offset: 3), by: 0.1).named("s\#(n)")"#,
        #"let many\#(n) = [0.1, 1, 10].map { $scale(scaled\#(n), by: $0).named("many\#(n)/\($0)") }"#,
        #"let sum\#(n) = $total(many\#(n) + [$scale($load("b"), by: 7, offset: -1)], label: "sum")"#,
        #"let sizes\#(n) = ForEach($files(InputDirectory(folder)), naming: \.name) { $size($0, unit: \#(n)) }"#,
        #"let chosen\#(n) = When($isLarge(sum\#(n), than: 3)) { $total([values\#(n)]) } otherwise: { sum\#(n) }"#,
        #"let best\#(n) = $largest(sizes\#(n), ["a": chosen\#(n), "b": $total([[1, 2], [3]])])"#,
        #"let pairs\#(n) = zip(sizes\#(n), sizes\#(n)).map { $largest([$0, $1]) }"#,
        #"$report(chosen\#(n), [best\#(n)], widths: [1, 2]).named("r\#(n)").exported(as: "r\#(n)")"#,
        #"$report($total([[0.5, 1]]), pairs\#(n)).timeout(.seconds(3)).tagged("a", "b")"#,
      ]
    }
    #expect(statements.count == 100)
    let outcome = try Compiler.typeCheck(body(statements), arguments: steps(atMost: 400))
    #expect(outcome.succeeded, "\(outcome.output)")
  }

  /// A limit that nothing can exceed would say nothing.
  @Test func `steps are counted`() throws {
    let outcome = try Compiler.typeCheck(
      body([#"$report($total([[0.5, 1]]), [1])"#]), arguments: steps(atMost: 10))
    #expect(outcome.errors.contains { $0.contains("in reasonable time") })
  }

  @Test func `calls that nest eight deep take few steps`() throws {
    let nested = (0..<8).reduce(#"$load("a")"#) { call, n in "$scale(\(call), by: \(n).5)" }
    let outcome = try Compiler.typeCheck(
      body(["$total([\(nested), \(nested)], label: nil)"]), arguments: steps(atMost: 1000))
    #expect(outcome.succeeded, "\(outcome.output)")
  }
}
