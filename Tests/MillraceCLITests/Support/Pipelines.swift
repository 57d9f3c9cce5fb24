import MillraceCLI

struct Blown: Error, CustomStringConvertible {
  var description: String { "the boiler blew" }
}

@Task func numbers(_ count: Int) -> [Int] { Array(0..<count) }
@Task func square(_ number: Int) -> Int { number * number }
@Task func total(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }
@Task func sentence(_ number: Int) -> String { "The total is \(number)." }
@Task func bytes(_ number: Int) -> [UInt8] { [0, 1, 0xff, UInt8(truncatingIfNeeded: number)] }
@Task func explode(_ number: Int) throws -> Int { throw Blown() }
@Task(cache: .off) func stop(_ number: Int, context: TaskContext) throws -> Int {
  // As an interrupt does while a body runs.
  context.cancellation.cancel()
  try context.checkCancellation()
  return number
}
@Task func content(_ file: InputFile) throws -> String { try file.text() }
@Task(cache: .off) func draw(_ number: Int, context: TaskContext) -> String { "\(context.seed)" }

/// Squares and their total, with ways to fail.
struct Squares: PipelineCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adds squares.", version: "1.2.3")

  @Option(help: "How many numbers.") var count = 3
  @Option(help: "Where the sentence goes.") var report: String?
  @Flag(help: "Whether a task fails.") var explodes = false
  @Flag(help: "Whether the run is cancelled.") var stops = false
  @Option(help: "A file to read.") var file: String?

  var body: Graph {
    let sum = $total(ForEach($numbers(count)) { $square($0) })
    let text = $sentence(sum).named("report")
    if let report { text.exported(as: report) } else { text }
    $bytes(sum)
    if explodes { $square($explode(1)).named("after") }
    if stops { $square($stop(1)).named("after") }
    if let file { $content(InputFile(file)) }
  }
}

/// As many numbers as make an object of a store, from a task, and what follows from them.
struct Series: PipelineCommand {
  @Option(help: "How many numbers.") var count = 9000

  var body: Graph { $sentence($total($numbers(count))) }
}

/// Takes an argument that must be given.
struct Demanding: PipelineCommand {
  @Argument(help: "A number.") var number: Int
  @Option(help: "Another.") var other: Int

  var body: Graph { $square($square(number)).named("result") }

  func validate() throws {
    if other < 0 { throw ValidationError("Give '--other' a number from 0 on.") }
  }
}

struct Doubled: PipelineCommand {
  var body: Graph {
    $square(1).named("same")
    $square(2).named("same")
  }
}

struct Pooled: PipelineCommand {
  static var resourceLimits: [String: ResourceAmount] { ["gpu": 2] }
  var body: Graph { $square(1).resources(["gpu": 2]) }
}
