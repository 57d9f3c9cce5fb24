import Testing

/// What an author may write compiles without a warning.
@Suite(.serialized) struct MustCompileTests {
  struct Use: CustomTestStringConvertible, Sendable {
    var name: String
    var source: String
    var testDescription: String { name }
  }

  static let uses = [
    Use(
      name: "nodes and plain values mix, in any position",
      source: """
        enum Speed: String, TaskValue { case slow, fast }
        @Task func load(_ path: String, speed: Speed = .fast, limit: Int? = nil, tags: [String] = [])
          -> String { path }
        @Task func path() -> String { "a" }
        @Task func limit() -> Int? { nil }
        let all: [Node<String>] = [
          $load("a"), $load("a", speed: .slow), $load($path()), $load($path(), speed: .slow),
          $load($path(), limit: 3, tags: ["x"]), $load("a", limit: $limit()),
          $load($path(), speed: Speed.slow, limit: $limit()),
        ]
        """),
    Use(
      name: "forty statements of nested calls",
      source: """
        @Task func add(_ a: Double, to b: Double = 0.5) -> Double { a + b }
        let graph = Graph {
        \(String(repeating: "  $add($add($add(1, to: 2), to: $add(3)), to: $add($add(4)))\n", count: 40))
        }
        """),
    Use(
      name: "if, for and switch in a builder",
      source: """
        @Task func one(_ x: Int) -> Int { x }
        func graph(_ flag: Bool, _ mode: String?) -> Graph {
          Graph {
            if flag { $one(1) } else { $one(2) }
            if let mode { $one(mode.count) }
            for index in 0..<3 { $one(index) }
            switch mode {
            case nil: $one(4)
            case "a": $one(5)
            default: $one(6)
            }
            let shared = $one(7)
            [shared, $one(8)]
            Block(on: .local) { $one(9) }
            Block(on: .dispatch(2)) {
              let shared = $one(10)
              $one(11)
              if flag { shared }
            }
          }
        }
        """),
    Use(
      name: "a value that is not Codable passes between tasks that are not stored",
      source: """
        struct Handle: Sendable { var number: Int }
        @Task(cache: .transient) func open() -> Handle { Handle(number: 1) }
        @Task func read(_ handle: Handle, times: Int = 1) -> Int { handle.number }
        let number = $read($open())
        """),
    Use(
      name: "members, arrays, optionals and dictionaries of nodes",
      source: """
        struct Model: Codable, Sendable { var weights: [Double]; var name: String }
        @Task func train(_ rate: Double) -> Model { Model(weights: [rate], name: "m") }
        @Task func norm(_ weights: [Double]) -> Double { 0 }
        @Task func best(_ models: [Model], prior: Model?, named: [String: Model]) -> Model { models[0] }
        let models = [0.1, 1].map { $train($0) }
        let result = $best(models, prior: Optional(models[0]), named: ["a": models[1]])
        let size = $norm(result.weights)
        """),
    Use(
      name: "types as tasks",
      source: """
        @Task struct Shuffle {
          var rows: [Int]
          var rounds = 2
          @Injected(\\.random) var random
          mutating func run() async throws -> [Int] {
            var random = random
            for _ in 0..<rounds { rows.shuffle(using: &random) }
            return rows
          }
        }
        @Task func rows() -> [Int] { [1, 2, 3] }
        let shuffled = $Shuffle(rows: $rows())
        let again = $Shuffle(rows: shuffled, rounds: 3)
        """),
    Use(
      name: "properties that are no part of the key",
      source: """
        enum Device: String, Codable, Sendable { case cpu, gpu }
        @Task struct Train {
          var rows: [Int]
          @Unkeyed var verbosity = 0
          @Unkeyed var device: Device
          @Unkeyed var note: String?
          @Injected(\\.random) var random
          func run() -> Int { rows.count }
        }
        @Task func level() -> Int { 1 }
        let trained = [
          $Train(rows: [1], device: .cpu), $Train(rows: [$level()], verbosity: 2, device: .gpu),
          $Train(rows: [1], verbosity: $level(), device: Constant(.gpu), note: Optional("a")),
        ]
        let called = Train(rows: [1], verbosity: 3, device: .gpu, note: nil).run()
        """),
    Use(
      name: "further outputs",
      source: """
        struct Curve: Codable, Sendable { var points: [Double] }
        @Task public struct Train {
          public var rows: [Int]
          @Artifact public var metrics: [String: Double]
          @Artifact var curve: Curve?
          @Artifact var note = "none"
          public mutating func run() throws -> Int {
            metrics = [:]
            metrics["rows"] = 1
            curve = Curve(points: [])
            return rows.count
          }
        }
        @Task func plot(_ x: Int, context: TaskContext) throws {
          try context.artifacts.save(Curve(points: []), as: "curve")
          try context.artifacts.save([UInt8](), as: "bytes")
        }
        let graph = Graph { $plot($Train(rows: [1])) }
        """),
    Use(
      name: "sub-pipelines of nodes and plain values, with results of any shape",
      source: """
        struct Row: Codable, Sendable { var time: Int }
        struct Table: Codable, Sendable { var rows: [Row] }
        @Task func load(_ path: String) -> [Row] { [] }
        @Task func window(_ rows: [Row], days: Int) -> Table { Table(rows: rows) }
        @Task func fit(_ tables: [Table], rate: Double = 0.1) -> Double { rate }
        struct Features: SubPipeline {
          var rows: Node<[Row]>
          var days = 7
          var body: Node<Table> {
            let rows = rows
            return $window(rows, days: days)
          }
        }
        struct Both: SubPipeline {
          var rows: Node<[Row]>
          var body: (week: Node<Table>, day: Node<Table>) {
            (Features(rows: rows)(), Features(rows: rows, days: 1).named("day")())
          }
        }
        struct Many<Rows: TaskInput<[Row]>>: SubPipeline {
          var rows: Rows
          var body: [Node<Table>] { (1...3).map { $window(rows, days: $0) } }
        }
        struct Report: Pipeline {
          var path = "a"
          var isLong = true
          var body: Graph {
            let both = Both(rows: $load(path)).retry(.times(3)).on(.dispatch(2))()
            $fit([both.week, both.day]).named("fit")
            if isLong { Features(rows: $load(path)) }
            for days in 1...2 { Features(rows: $load(path), days: days).named("last-\\(days)") }
            Many(rows: $load("b"))
            Many(rows: Constant([Row(time: 1)])).tagged("plain")
            Group("extra") {
              let tables = Many(rows: $load("c"))()
              $fit(tables)
            }
          }
        }
        struct All: Pipeline {
          var body: Graph {
            Report()
            Report(path: "b", isLong: false).named("short")
          }
        }
        let week: Node<[Row]> = Features(rows: Node(Constant([Row(time: 1)])))().rows
        """),
    Use(
      name: "actors as tasks",
      source: """
        @Task public actor Model {
          private var weights: [Double]
          public init(weights: [Double], rate: Double = 0.1) async throws { self.weights = weights }
          @Task public func fit(_ rows: [Double], rounds: Int = 1) async throws { weights += rows }
          @Task public func predict(_ row: Double) -> Double { row * weights.reduce(0, +) }
          @Task func snapshot() -> NotCodable { NotCodable() }
          @Task static func rows() -> [Double] { [1] }
        }
        struct NotCodable: Sendable {}
        let graph = Graph {
          let model = $Model(weights: Model.$rows())
          Model.$fit(model, Model.$rows(), rounds: 2).named("fit")
          Model.$fit(model, [1, 2])
          Model.$predict(model, Model.$predict(model, 1)).after(Model.$snapshot(model))
        }
        """),
  ]

  @Test(arguments: uses)
  func `it compiles without a warning`(use: Use) throws {
    let outcome = try Compiler.typeCheck(use.source)
    #expect(outcome.succeeded && outcome.warnings.isEmpty, "the compiler said: \(outcome.output)")
  }
}
