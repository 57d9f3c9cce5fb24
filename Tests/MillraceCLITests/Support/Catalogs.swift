import MillraceCLI

/// Two pipelines whose results have the same names.
struct Tools: PipelineCatalog {
  static let configuration = CommandConfiguration(
    commandName: "tools", abstract: "Squares and series.", version: "4.5.6",
    subcommands: [Greeting.self])
  static let pipelines: [any PipelineCommand.Type] = [
    Squares.self, Halves.self, Demanding.self, Greedy.self,
  ]
}

/// A pipeline that is called otherwise than its type, and has a subcommand of its own.
struct Halves: PipelineCommand {
  static let configuration = CommandConfiguration(
    commandName: "half",
    abstract:
      "Halves a number, and says so in as many words as it takes to fill more than one line of help.",
    subcommands: [Greeting.self], aliases: ["halve"])

  @Option(help: "What to halve.") var number = 8

  var body: Graph { $sentence($half(number)).named("report") }
}

@Task func half(_ number: Int) -> Int { number / 2 }

/// Declares an option that is Millrace's.
struct Greedy: PipelineCommand {
  @Option var store: String = ""
  var body: Graph { $square(1) }
}

struct Greeting: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "greet", abstract: "Greets nobody.")

  @Flag var loudly = false

  func run() async throws {
    if loudly { throw ValidationError("No shouting.") }
  }
}
