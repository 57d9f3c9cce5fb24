import Millrace

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the command line asks for.
struct Arguments {
  enum Mode: String { case cold, warm, changed }

  enum Problem: Error {
    case usage(String)
    /// Told apart, since a runner passes over workloads that a program does not know.
    case unknownWorkload(String)
  }

  static let usage = """
    usage: Benchmarks WORKLOAD N [--dir DIR] [--mode cold|warm|changed]
                      [--backend local|dispatch|dispatch:WIDTH] [--keyed] [--observed] [--async]
                      [--listed]
      W1 … W10  the workload, of N nodes; W6H and W7H are W6 and W7 by hand, without Millrace
      W11, W12 compile N tasks, and a body of N statements
      verify   verifies a store of N objects of 16 MiB
      --dir    W5, W6, W10, verify: the folder of the store; W6H: of the files, which is made;
               W7: of the texts, by default $BENCH_HOME/corpus
      --mode   W5: 'changed' alters every hundredth input; whether a run is cold or warm depends on
               what the folder holds. W6: 'warm' asks for no value. W10: 'cold' makes the store,
               'warm' opens it
      --keyed  W1, W2, W3: with tasks whose keys are computed
      --async  W4: with asynchronous bodies
      --listed W8: the results are put together as a list instead of combined one by one
      --observed  with an observer that counts the events
    """

  var workload = ""
  /// How many nodes, elements or files, at least 1.
  var count = 0
  var folder: String?
  var mode = Mode.cold
  // Two workers, as the programs have that it is compared with.
  var backend: any Backend = .dispatch(2)
  var isKeyed = false
  var isObserved = false
  var isAsync = false
  var isListed = false

  /// - Throws: ``Problem`` where the line is not as ``usage`` says.
  init(_ words: some Sequence<String>) throws(Problem) {
    var words = Array(words)[...]
    guard let workload = words.popFirst(), let number = words.popFirst(),
      let count = Int(number), count > 0
    else { throw .usage("A workload and a number of at least 1 are needed.") }
    self.workload = workload
    self.count = count
    while let option = words.popFirst() {
      switch option {
      case "--keyed": isKeyed = true
      case "--observed": isObserved = true
      case "--async": isAsync = true
      case "--listed": isListed = true
      case "--dir", "--mode", "--backend":
        guard let value = words.popFirst() else { throw .usage("'\(option)' needs a value.") }
        try set(option, to: value)
      default: throw .usage("'\(option)' is no option.")
      }
    }
  }

  private mutating func set(_ option: String, to value: String) throws(Problem) {
    switch (option, value) {
    case ("--dir", _): folder = value
    case ("--mode", _):
      guard let mode = Mode(rawValue: value) else { throw .usage("'\(value)' is no mode.") }
      self.mode = mode
    case (_, "local"): backend = .local
    case (_, "dispatch"): backend = .dispatch()
    default:
      guard value.hasPrefix("dispatch:"), let width = Int(value.dropFirst("dispatch:".count))
      else { throw .usage("'\(value)' is no backend.") }
      backend = .dispatch(width)
    }
  }

  /// The first ``count`` texts, in the order of their names.
  func textFiles() throws -> [InputFile] {
    guard let folder = folder ?? getenv("BENCH_HOME").map({ String(cString: $0) + "/corpus" })
    else { throw Problem.usage("W7 needs '--dir' or the environment's BENCH_HOME.") }
    let files = try InputDirectory(folder).files(matching: "*.txt")
    guard files.count >= count else {
      throw Problem.usage("'\(folder)' has \(files.count) texts, not \(count).")
    }
    return Array(files.prefix(count))
  }
}

/// Ends the process: with 3 for a workload that is not known, with 2 for other wrong arguments.
func exit(for error: any Error) -> Never {
  let (message, status): (String, Int32) =
    switch error {
    case Arguments.Problem.unknownWorkload(let name): ("'\(name)' is no workload.", 3)
    case Arguments.Problem.usage(let problem): ("\(problem)\n\(Arguments.usage)", 2)
    default: ("\(error)", 1)
    }
  let line = Array("\(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(status)
}
