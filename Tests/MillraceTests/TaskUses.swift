// Real uses of `@Task`. Nothing here is called: the file only has to compile, without a warning.

public import Millrace

// MARK: Functions at file scope

@Task
private func tokenize(_ text: String, minimumLength: Int = 3) -> [String] {
  text.split(separator: " ").map(String.init).filter { $0.count >= minimumLength }
}

@Task func constant() -> Int { 1 }
@Task func fails(_ x: Int) throws -> Int { x }
@Task func failsWith(_ x: Int) throws(CancellationError) -> Int { x }
@Task func waits(_ x: Int) async -> Int { x }
@Task func waitsAndFails(_ x: Int) async throws -> Int { x }
@Task @concurrent func elsewhere(_ x: Int) async -> Int { x }
@Task nonisolated func nowhere(_ x: Int) -> Int { x }
@Task func neverReturns() throws -> Never { throw CancellationError() }

@Task func effect(_ text: String) {}
@Task func effectWritten(_ text: String) async throws -> Void {}
@Task func effectAsTuple() -> () {}
@Task @discardableResult func discardable(_ x: Int) -> Int { x }

// MARK: Attributes

@Task("a name", version: 2, cache: .transient, tags: ["slow", "gpu"])
func attributed(_ x: Int) -> NotCodable { NotCodable() }

@Task(
  randomness: true,
  environment: ["HOME"],  // A comment.
  retry: .times(2),
  resources: ["memory": .gib(4), "gpu": 1],
  priority: -1
)
func spread(over lines: [String]) -> Int { lines.count }

@Task(
  retry: .exponential(attempts: 4, initial: .milliseconds(10)).only(CancellationError.self)
    .deadline(.seconds(60)),
  timeout: .node(.seconds(30), perAttempt: .seconds(5)))
func persistent(_ x: Int) async throws -> Int { x }
@Task(timeout: .seconds(30)) func limited(_ x: Int) -> Int { x }

@Task(cache: CachePolicy.off) func uncached(_ x: NotCodable) -> NotCodable { x }
@Task(ignoring: ["verbosity", "text"]) func quiet(of text: String, verbosity: Int = 0) -> Int { 1 }

struct NotCodable: Sendable {}

// MARK: Actors

@Task public actor Counter {
  private var count: Int
  @Injected(\.random) var random
  public enum Reason: String, TaskValue { case none, some }

  init(start: Int = 0, reason: Reason = .none, _ context: TaskContext) { count = start }
  @Task func add(_ number: Int) -> Int {
    count += number
    return count
  }
  @Task public func reset(to number: Int = 0) throws { count = number }
  @Task private func hidden() async {}
  @Task func overloaded(_ number: Int) -> Int { number }
  @Task static func overloaded(_ left: Int, _ right: Int) -> Int { left + right }
  @Task(version: 2, cache: .off) func state() async throws -> NotCodable { NotCodable() }
  @Task func mixed(_ a: Int, of b: Int, _ c: [Int], speed: Speed = .slow) -> Int { a }
  @Task func taken(instance: Int, _instance: Int) -> Int { instance }
  @Task func withContext(_ context: TaskContext?) -> Reason { .none }
  @Task func `default`() -> Reason { .some }
  func helper() {}
}

extension Counter {
  init(other: Int, _ context: TaskContext) { self.init(start: other, context) }
}

@Task private actor Hidden {
  fileprivate init(_ limit: Int?) throws {}
  @Task @discardableResult func poke() -> Int { 1 }
}

extension Steps {
  @Task actor Silent {
    @Task func poke() {}
  }
}

@Task actor Ready {
  @MainActor init(on x: Int, among y: [Int]) async {}
}

// MARK: Isolation and availability

@MainActor @Task func onMainActor(_ x: Int) -> Int { x }
@Task @MainActor func onMainActorFails(_ x: Int, _ context: TaskContext) async throws -> Int { x }
@MainActor enum MainActorSteps {
  @Task static func step(_ x: Int) -> Int { x }
  @Task nonisolated static func free(_ x: Int) -> Int { x }
  @Task static func effect() async {}
}
@globalActor actor PressActor { static let shared = PressActor() }
@PressActor @Task func onPress(_ x: Int) throws -> Int { x }

@Task
@available(macOS 26, iOS 26, *)
func modern(_ x: Int) -> Int { x }

@available(*, deprecated, message: "use 'modern'")
@Task
func ancient(_ x: Int) -> Int { x }

@available(*, unavailable) @Task func gone(_ x: Int) -> Int { x }

// MARK: Members

enum Steps {
  @Task static func load(path: String) throws -> [Int] { [path.count] }
  @Task fileprivate static func hidden(_ x: Int) -> Int { load(x) }
  @Task private static func secret(_ x: Int) -> Int { x }
  static func load(_ x: Int) -> Int { x }
  static let useOfSecret: Node<Int> = $secret($hidden(1))

  struct Deep: Codable, Sendable {
    var value = 1
    @Task static func make(_ x: Int) -> Self { Deep(value: x) }
    @Task static func join(_ a: Self, _ b: [Self]) -> Deep? { b.last ?? a }
    @Task static func standard(_ rate: Double = Self.rate) -> Double { rate }
    static let rate = 0.5
  }

  @Task
  struct Scale {
    var values: [Int]
    var factor = 2
    func run() -> [Int] { values.map { $0 * factor } }
  }
}

extension Steps {
  @Task static func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
}

extension Steps.Deep {
  @Task static func deeper(_ x: Steps.Deep) async -> Self { x }
}

final class Library: Sendable {
  @Task static func count(_ x: Int) -> Int { x }
  @Task static func codable(_ x: Steps.Deep) -> Steps.Deep { x }
}

actor Worker {
  @Task static func count(_ x: Int) -> Int { x }
}

public enum Public {
  @Task public static func visible(_ x: Int = 1) -> Int { x }
  @Task package static func packaged(_ x: Int) -> Int { x }
  @Task internal static func inside(_ x: Int) -> Int { x }
}

// MARK: Overloads

@Task func overloaded(_ x: Int) -> Int { x }
@Task func overloaded(_ x: String) -> String { x }
@Task func overloaded(x: Int) -> Int { x }
@Task func overloaded(_ x: [String], y: Double = 1) -> Double { y }

// MARK: Parameters

enum Speed: String, Codable, Sendable { case slow, fast }
protocol Shape: Sendable {}
protocol Named: Sendable {}
struct Circle: Shape, Named {}
typealias AnyShape = any Shape

@Task
func defaults(
  _ data: [Int],
  speed: Speed = .fast,
  rate: Float = 0.5,
  scale: Double = 1,
  limit: Int? = nil,
  tags: [String] = [],
  weights: [String: Double] = [:],
  deep: Steps.Deep? = Steps.Deep(value: 3),
  title: String = "a \(1 + 1)",
  isOn: Bool = true
) -> Double { scale }

@Task func names(in within: Int, default: Int, self self1: Int, for `repeat`: Int, _: Int) -> Int {
  1
}
@Task func unnamed(_ _: Int, of _: Int = 2) -> Int { 1 }
@Task func ours(inputs: Int, definition: Int, context: Int, node: Int, input0: Int) -> Int { 1 }
@Task func `default`(_ x: Int) -> Int { x }
@Task func inputs(_ inputs: Int) -> Int { inputs }
@Task func `raw name`(_ x: Int) -> Int { x }
@Task func owned(_ a: consuming [Int], _ b: borrowing [Int], _ c: sending [Int]) -> Int { 1 }
@Task(cache: .transient)
func existential(_ a: any Shape, _ b: (any Shape)?, _ c: AnyShape, _ d: any Shape & Named)
  -> any Shape
{ a }
@Task(cache: .transient)
func tuples(_ a: (Int, String), _ b: [(x: Int, y: Int)] = []) -> (Int, name: String) { a }
@Task func halves(_ x: Int, by y: Int = 2) throws -> (low: Int, high: Int?) { (x, y) }
@Task func bounds(_ x: (low: Int, high: Int?), _ y: (Int, Int), z: Int = 1) async -> (Int, Int) {
  y
}
@Task struct HalvesOf {
  var pair: (Int, in: String)
  func run() -> (Int, in: String) { pair }
}
@Task func neverFails(_ x: Int) throws(Never) -> Int { x }
@Task(cache: .transient) func metatype(_ a: Int.Type) -> any Shape.Type { Circle.self }
@Task func unwrapped(_ a: Int!) -> Int! { a }
@Task func written(_ a: Array<Int>, _ b: Optional<Int>, _ c: Dictionary<String, [Int]>) -> Swift.Int
{ 1 }

// MARK: Contexts

@Task func withContext(_ x: Int, context: TaskContext) -> Int { context.attempt }
@Task func contextFirst(_ context: Millrace.TaskContext, _ x: Int) async throws -> Int { x }
@Task func contextOptional(x: Int = 1, context: TaskContext? = nil, y: Int) -> Int { x + y }
@Task func contextAlone(in context: TaskContext = TaskContext()) -> Int { context.attempt }

// MARK: Types

@Task
struct Train {
  struct Options: Codable, Sendable {
    static let standard = Options()
    var depth = 3
  }

  var rows: [Int], columns: [Int]
  var learningRate = 0.1
  var offset = -1
  var isVerbose = false
  var label = "a"
  var limit: Int?
  var options: Options = .standard
  var more: [Options] = [Options()]
  var observed: Int = 1 { didSet { print(observed) } }
  let seed: UInt64
  let fixed = 3
  static let shared = 4
  var computed: Int { fixed }
  @Injected(\.random) var random

  func run() async throws -> Options { options }
}

@Task("counts", version: 3, ignoring: ["verbosity"])
private struct Count {
  var items: [String] = []
  var verbosity = 1
  private var cache: Int { 1 }
  mutating func run() throws -> Int {
    items.append("one")
    return items.count
  }
}

@Task(ignoring: ["level"]) struct Quiet {
  var x: Int
  @Unkeyed var level = 0
  @Unkeyed var speed: Speed
  @Unkeyed var limit: Int?
  @Millrace.Unkeyed var shape: [any Shape] = []
  @Injected(\.random) var random
  func run() -> Int { level }
}
@Task struct Draws {
  var x: Int
  @Artifact var plot: [UInt8]?
  @Artifact var metrics: [String: Double] = [:]
  @Artifact var `class`: String
  @Artifact var curve: Curve
  @Injected(\.node) var node
  @Unkeyed var level = 0
  mutating func run(_ context: TaskContext) async throws -> Int {
    (plot, `class`, curve) = ([1], node, Curve())
    try context.artifacts.save(Curve(), as: "another")
    return x
  }
}
@Task private struct DrawsOnly {
  @Millrace.Artifact var plot: Int
  @MainActor mutating func run() { plot = 1 }
}
struct Curve: ArtifactValue {
  static let artifactCodec = "curve/1"
  func encodeArtifact() -> [UInt8] { [] }
  init() {}
  init(decodingArtifact bytes: [UInt8]) {}
}
@Task struct Nothing { func run() {} }
@Task struct Changes { mutating func run() async {} }
@Task struct Makes: Codable { func run() -> Self { self } }
@Task struct WithContext {
  var x: Int
  func run(x: Int) -> Int { x }
  func run(in context: TaskContext) throws -> Int { run(x: x) }
}
@MainActor @Task struct OnMain {
  var x: Int
  func run() -> Int { x }
}
@Task struct RunsOnMain {
  var x: Int
  @MainActor func run() async throws -> Int { x }
}
@Task struct Unique: ~Copyable {
  var x: Int
  consuming func run() -> Int { x }
}
extension Train.Options {
  init(_ depth: Int) { self.init(depth: depth) }
}

// MARK: Calls

/// Nodes and plain values in any position, in nested calls.
private func calls() throws {
  let words = $tokenize("some words")
  let longer = $tokenize($overloaded("text"), minimumLength: 4)
  let counted = $tokenize("text", minimumLength: $fails(3))
  let _: [Node<[String]>] = [words, longer, counted]
  let _ = $constant()
  let one: Node<Int> = $fails($waits($waitsAndFails($nowhere(1))))
  let _: Node<Int> = $overloaded(x: $overloaded(one))
  let _: Node<Double> = $overloaded($tokenize("a"), y: 2)
  let _: Node<Void> = $effect($overloaded("a"))
  let _: Node<Void> = $effectAsTuple()
  let _: Node<NotCodable> = $uncached($attributed(one))
  let _ = $quiet(of: "a")

  let data = $written([1], 2, ["a": [1]])
  let numbers = Steps.$load(path: "x")
  let _: Node<Int> = Steps.$sum(Steps.$Scale(values: Steps.$Scale(values: numbers), factor: data))
  let deep = Steps.Deep.$make(one)
  let _ = Steps.Deep.$join(deep, Constant([]))
  let _ = Steps.Deep.$standard()

  let _ = $defaults([1, 2])
  let _ = $defaults(numbers)
  let _ = $defaults(numbers, speed: .slow, rate: 0.25, scale: 3, limit: nil, tags: [])
  let _ = $defaults([1], speed: .slow, limit: 3, tags: ["a"], weights: ["a": 1], isOn: false)
  let _ = $defaults(numbers, scale: $defaults([]), limit: Optional($fails(1)))
  let _ = $defaults([1], scale: $defaults(numbers, deep: nil), title: $overloaded("a"))
  let _ = $defaults(numbers, speed: Constant(.slow), rate: Constant(1), scale: $defaults([1]))
  let _ = $names(in: 1, default: one, self: 2, for: one, 3)
  let _ = $unnamed(1)
  let _ = $unnamed(one, of: one)
  let _ = $ours(inputs: one, definition: 1, context: 2, node: 3, input0: 4)
  let _ = $default($inputs(1))
  let _ = $owned([1], numbers, Constant([]))
  let _ = $existential(Circle(), Circle(), Circle(), Circle())
  let shape = $existential(Circle(), nil, Circle(), Circle())
  let _ = $existential(shape, Constant(nil), shape, Constant<any Shape & Named>(Circle()))
  let _ = $tuples((1, "a"))
  let (low, high) = $halves(1)
  let both = $halves(one, by: one)
  let _: Node<(Int, Int)> = $bounds(both.named("both"), (1, 2))
  let _ = $bounds((low: low, high: high), (one, one))
  let _ = $bounds(both, $bounds((low, Optional(low)), (1, one), z: one))
  let (first, name) = $HalvesOf(pair: (1, in: "a"))
  let _ = $HalvesOf(pair: (first, in: name)).in
  let _ = $neverFails(low)
  let _ = $metatype(Int.self)
  let _ = $withContext($contextFirst($contextAlone()))
  let _ = $contextOptional(y: 2)

  let counter = $Counter(start: one)
  let _: Node<Counter> = counter
  let _: Node<Int> = Counter.$add(counter, Counter.$add(counter, 1))
  let _: Node<Void> = Counter.$reset(counter)
  let _ = Counter.$reset(counter, to: one)
  let _ = Counter.$overloaded($fails(1), Counter.$overloaded(counter, 1))
  let _: Node<NotCodable> = Counter.$state(counter)
  let _ = Counter.$mixed(counter, 1, of: one, numbers, speed: .fast)
  let _ = Counter.$taken(counter, instance: one, _instance: 2)
  let _ = Counter.$withContext(counter).after(one, counter).after([one, one])
  let _ = Steps.Silent.$poke(Steps.$Silent())
  let _ = Hidden.$poke($Hidden(Constant(nil)))
  let _ = $Ready(on: one, among: [$fails(1), one])

  let trained = $Train(rows: numbers, columns: numbers, seed: Constant(3))
  let _ = $Train(rows: [], columns: [], learningRate: 1, limit: nil, options: .standard, seed: 1)
  let _: Node<Train.Options> = trained
  let _: Node<Int> = $Quiet(x: one, speed: .fast)
  let _ = $Quiet(x: 1, level: one, speed: Constant(.slow), limit: Optional($fails(1)))
  let _ = Quiet(x: 1, speed: .slow, shape: [Circle()])
  let _: Node<Int> = $Draws(x: one, level: 2)
  let _ = Draws(x: 1)
  let _: Node<Void> = $DrawsOnly()
  let _: Node<Int> = $Count(items: words)
  let _ = $Count()
  let _: Node<Void> = $Nothing()
  let _: Node<Void> = $Changes()
  let _: Node<Makes> = $Makes()
  let _ = $WithContext(x: $OnMain(x: $RunsOnMain(x: $Unique(x: one))))
  let _ = $onMainActor($onMainActorFails($onPress(MainActorSteps.$step(MainActorSteps.$free(1)))))
}
