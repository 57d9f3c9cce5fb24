import Testing

/// Tasks stand wherever functions and types do, and say the same there.
@Suite(.serialized) struct PlaceTests {
  private func expectCompiles(
    _ source: String, library: String? = nil, _ arguments: String...,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Compiler.typeCheck(source, library: library, arguments: arguments)
    #expect(
      outcome.succeeded && outcome.warnings.isEmpty, "the compiler said: \(outcome.output)",
      sourceLocation: location)
  }

  @Test func `in extensions, nested types and behind conditions`() throws {
    try expectCompiles(
      """
      enum Steps {
        struct Options: Codable, Sendable {
          var depth = 1
          @Task static func standard() -> Self { Options() }
        }
        enum Inner {
          @Task struct Count {
            var options: Options
            var words: [String: Int]
            func run() -> Int { words.count * options.depth }
          }
        }
        #if canImport(Swift)
          @Task static func words() -> [String: Int] { [:] }
        #else
          @Task static func words() -> Missing { Missing() }
        #endif
      }
      extension Steps.Inner {
        @Task fileprivate static func twice(_ x: Int) -> Int {
          #if DEBUG
            return x + x
          #else
            return x * 2
          #endif
        }
        struct Deep {}
      }
      extension Steps.Inner.Deep {
        @Task static func deeper(_ x: Steps.Options) -> Steps.Options { x }
      }
      extension String {
        @Task static func joined(_ parts: [String]) -> String { parts.joined() }
      }
      extension Steps.Options: Hashable {
        @Task static func merged(_ x: Self, _ y: Set<Self>) -> Self { y.first ?? x }
      }
      #if os(Nowhere)
        @Task func only() -> Missing { Missing() }
      #else
        @Task func only() -> Int { 1 }
      #endif
      let count = Steps.Inner.$Count(options: Steps.Options.$standard(), words: Steps.$words())
      let all = Graph {
        Steps.Inner.$twice(count)
        Steps.Inner.Deep.$deeper(Steps.Options.$merged(Steps.Options(), []))
        String.$joined(["a"])
        $only()
      }
      """)
  }

  static let library = """
    public struct Row: Codable, Sendable {
      public var value: Int
      public init(value: Int) { self.value = value }
    }
    @Task public func load(_ path: String, limit: Int? = nil) throws -> [Row] { [] }
    @Task @inlinable public func size(_ rows: [Row]) -> Int { rows.count }
    @Task @usableFromInline func hidden(_ rows: [Row]) -> Int { rows.count }
    @Task package func packaged(_ rows: [Row]) -> Int { rows.count }
    @Task public func halves(_ rows: [Row]) -> (low: [Row], high: [Row]) { (rows, rows) }
    @inlinable public func bare(_ rows: [Row]) -> Int { size(rows) }
    @Task public struct Train {
      public var rows: [Row]
      @Unkeyed public var level = 0
      @Artifact public var note: String?
      @Injected(\\.random) var random
      public mutating func run() -> Double { 1 }
    }
    @Task public actor Counter {
      public init(start: Int = 0) {}
      @Task public func add(_ x: Int) -> Int { x }
    }
    extension Row {
      @Task public static func first(_ rows: [Row]) -> Row? { rows.first }
    }
    @Tracked public let scale = 2
    @Tracked public func helper(_ x: Int) -> Int { x * scale }
    public enum Steps {
      @Task public static func step(_ x: Int) -> Int { helper(x) }
      @Task static func internalStep(_ x: Int) -> Int { x }
    }
    """

  @Test(arguments: [[], ["-O"], ["-enable-testing"]])
  func `in a library, for who imports it`(_ arguments: [String]) throws {
    let outcome = try Compiler.typeCheck(
      """
      @Task func report(_ size: Int, _ row: Row?) -> String { "\\(size)" }
      let rows = $load("a", limit: 3)
      let (low, high) = $halves(rows)
      let graph = Graph {
        $report($size(low), Row.$first(high)).named("report")
        $Train(rows: rows, level: 2)
        Steps.$step($size($load("b")))
        let counter = $Counter(start: 1)
        Counter.$add(counter, 1)
      }
      let called = Steps.step(try! load("a").count)
      """, library: Self.library, arguments: arguments + ["-package-name", "demo"])
    #expect(
      outcome.succeeded && outcome.warnings.isEmpty, "the compiler said: \(outcome.output)")
  }

  @Test func `what a library hides stays hidden`() throws {
    let outcome = try Compiler.typeCheck(
      "let node = Steps.$internalStep(1)", library: Self.library,
      arguments: ["-package-name", "demo"])
    #expect(outcome.errors.contains { $0.contains("inaccessible due to 'internal'") })
  }

  @Test func `where the main actor isolates by default`() throws {
    try expectCompiles(
      """
      nonisolated struct Row: Codable, Sendable { var value: Int }
      nonisolated enum Mode: String, TaskValue { case fast, slow }
      @Task nonisolated func load(_ path: String, mode: Mode = .fast) throws -> [Row] { [] }
      // Asynchronous tasks may stay where they are.
      @Task func shown(_ rows: [Row]) async -> Int { rows.count }
      @Task @MainActor func drawn(_ rows: [Row]) -> Int { rows.count }
      @Task @concurrent func far(_ x: Int) async -> Int { x }
      @Task nonisolated struct Count {
        var rows: [Row]
        var limit: Int?
        func run() -> Int { rows.count }
      }
      nonisolated enum Steps {
        // The compiler refuses wrappers in a structure that is 'nonisolated' itself.
        @Task struct Train {
          var rows: [Row]
          @Unkeyed var level = 0
          @Artifact var note: String?
          @Injected(\\.random) var random
          mutating func run() -> Int { rows.count }
        }
        @Task static func step(_ x: Int) -> (low: Int, high: Int) { (x, x) }
      }
      enum OnMain {
        @Task nonisolated static func step(_ x: Int) -> Int { x }
        @Task static func effect(_ x: Int) async {}
      }
      @Task actor Counter {
        @Task func add(_ x: Int) -> Int { x }
      }
      @Tracked nonisolated func helper(_ x: Int) -> Int { x }
      struct Report: Pipeline {
        var path = "a"
        var body: Graph {
          let rows = $load(path, mode: .slow)
          let (low, _) = Steps.$step($shown(rows))
          $far(Steps.$Train(rows: rows, level: $Count(rows: rows, limit: Optional(low))))
          OnMain.$effect(OnMain.$step($drawn(rows)))
          Counter.$add($Counter(), 1)
        }
      }
      """, "-default-isolation", "MainActor")
  }

  @Test func `a synchronous task on the main actor by default is refused`() throws {
    let outcome = try Compiler.typeCheck(
      "@Task func load(_ path: String) -> Int { 1 }",
      arguments: ["-default-isolation", "MainActor"])
    #expect(outcome.errors.contains { $0.contains("main actor-isolated") })
  }

  @Test func `with every argument of the attribute`() throws {
    try expectCompiles(
      """
      struct Refused: Error {}
      @Task(
        "every", version: 2, cache: .stored, randomness: true, environment: ["HOME"],
        retry: .exponential(attempts: 3, initial: .milliseconds(5)).except(Refused.self),
        timeout: .node(.seconds(30), perAttempt: .seconds(5)),
        resources: ["memory": .gib(1), "gpu": 1], priority: 3, tags: ["a", "b"],
        ignoring: ["verbosity"])
      func every(_ x: Int, verbosity: Int = 0) throws(Refused) -> Int { x }
      @Task(version: 3, ignoring: []) func some() {}
      @Task("n", cache: .off, timeout: .perAttempt(.seconds(1))) struct Named { func run() {} }
      @Task(retry: .times(2), timeout: .seconds(3), tags: []) func tried() async throws {}
      let nodes = [$every(1, verbosity: 2), $every($every(2))]
      """)
  }
}
