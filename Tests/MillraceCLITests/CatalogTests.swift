import MillraceCLI
import Testing

@testable import MillraceCLI

struct CatalogTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [[], ["--help"], ["-h"], ["help"], ["--help-hidden"], ["help", "--help"]])
  func `the overview lists the pipelines`(arguments: [String]) async {
    let printed = await run(catalog: Tools.self, arguments)
    #expect(printed.status == 0)
    #expect(printed.errors.isEmpty)
    #expect(
      printed.output.hasPrefix(
        """
        OVERVIEW: Squares and series.

        USAGE: tools <pipeline> [<options>]
               tools <pipeline> <subcommand>

        """))
    #expect(
      printed.output.hasSuffix(
        """

        PIPELINES:
          squares                 Adds squares.
          half, halve             Halves a number, and says so in as many words as it
                                  takes to fill more than one line of help.
          demanding
          greedy

          'tools squares' runs a pipeline, 'tools squares --help' shows what it takes.

        """))
    #expect(printed.output.contains("--version"))
    #expect(
      printed.output.contains(
        "  greet                   Greets nobody.\n\n  See 'tools help <subcommand>' for detailed help.\n\nPIPELINES:\n"
      ))
  }

  @Test func `a pipeline runs, and each verb of it`() async {
    let first = await run(catalog: Tools.self, ["squares", "--count", "2"] + store)
    #expect(first.status == 0)
    #expect(first.lines.last?.hasPrefix("6 nodes: 6 executed") == true)
    let second = await run(catalog: Tools.self, ["squares", "run", "--count", "2"] + store)
    #expect(second.lines.last?.hasPrefix("6 nodes: 0 executed, 6 hits") == true)
    let plan = await run(catalog: Tools.self, ["half", "plan", "--json"] + store)
    #expect(plan.lines.last?.contains(#""nodes":2,"run":1"#) == true)
    #expect(await run(catalog: Tools.self, ["halve"] + store).status == 0)
    let demanding = await run(catalog: Tools.self, ["demanding", "7", "--other", "1"] + store)
    #expect(demanding.status == 0)
  }

  @Test(arguments: [
    (
      ["squares", "--help"], "USAGE: tools squares [<options>]\n       tools squares <subcommand>\n"
    ),
    (["help", "squares"], "USAGE: tools squares [<options>]\n       tools squares <subcommand>\n"),
    (["squares", "help"], "See 'tools help squares <subcommand>' for detailed help."),
    (["squares", "read", "--help"], "USAGE: tools squares read [<name>]"),
    (["help", "squares", "read"], "USAGE: tools squares read [<name>]"),
    (["squares", "help", "read"], "USAGE: tools squares read [<name>]"),
    (["half", "greet", "--help"], "USAGE: tools half greet"),
    (["help", "greet"], "USAGE: tools greet"),
    (["demanding", "plan", "-h"], "USAGE: tools demanding plan"),
  ])
  func `help names all the words`(arguments: [String], part: String) async {
    let printed = await run(catalog: Tools.self, arguments)
    #expect(printed.status == 0)
    #expect(printed.errors.isEmpty)
    #expect(printed.output.contains(part), "\(printed.output)")
  }

  @Test(arguments: [
    (["squares", "--bad"], "Usage: tools squares run <options>\n  See 'tools squares run --help'"),
    (["squares", "read", "--bad"], "See 'tools squares read --help'"),
    (["squares", "plna"], "\nDid you mean 'plan'?\n"),
    (["--bad"], "Unknown option '--bad'\nUsage: tools <pipeline> [<options>]"),
    (["greet", "--loudly"], "No shouting."),
    (["half", "greet", "--loudly"], "No shouting."),
    (["greedy"], "Error: Pipeline 'Greedy' declares '--store'"),
  ])
  func `a wrong command line is said where it is wrong`(arguments: [String], part: String) async {
    let printed = await run(catalog: Tools.self, arguments)
    #expect(printed.status == 64)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.contains(part), "\(printed.errors)")
  }

  @Test(arguments: [
    (["sqares"], "There is no pipeline 'sqares'. Did you mean 'squares'?"),
    (["help", "halfs"], "There is no pipeline 'halfs'. Did you mean 'half'?"),
    (["gret"], "There is no pipeline 'gret'. Did you mean 'greet'?"),
    (["plan"], "There is no pipeline 'plan'."),
    (["run", "squares"], "There is no pipeline 'run'."),
  ])
  func `a word that is no pipeline is answered with those there are`(
    arguments: [String], sentence: String
  ) async {
    let printed = await run(catalog: Tools.self, arguments)
    #expect(printed.status == 64)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.hasPrefix("Error: \(sentence)\nPIPELINES:\n  squares  "))
  }

  @Test func `versions are the program's, or the pipeline's own`() async {
    #expect(await run(catalog: Tools.self, ["--version"]).output == "4.5.6\n")
    #expect(await run(catalog: Tools.self, ["squares", "--version"]).output == "1.2.3\n")
    #expect(await run(catalog: Tools.self, ["half", "--version"]).output == "4.5.6\n")
  }

  @Test func `subcommands of their own are theirs`() async {
    #expect(await run(catalog: Tools.self, ["greet"]).status == 0)
    #expect(await run(catalog: Tools.self, ["half", "greet"]).status == 0)
    #expect(await run(catalog: Tools.self, ["squares", "greet"]).status == 64)
  }

  // MARK: One store

  @Test func `equal names are told apart by their pipeline`() async {
    _ = await run(catalog: Tools.self, ["squares"] + store)
    _ = await run(catalog: Tools.self, ["half"] + store)
    func squares(_ words: String...) async -> Printed {
      await run(catalog: Tools.self, ["squares"] + words + store)
    }
    func half(_ words: String...) async -> Printed {
      await run(catalog: Tools.self, ["half"] + words + store)
    }
    #expect(await squares("read", "report").output == "The total is 5.")
    #expect(await half("read", "report").output == "The total is 4.")
    #expect(await half("read", "squares/report").output == "The total is 5.")
    #expect(await half("read", "halves/report").output == "The total is 4.")
    #expect(await half("history", "report").lines.count == 1)
    #expect(await half("history").lines.count == 2)
    #expect(await half("explain", "report").output.hasPrefix("report: executed in run "))
    #expect(await squares("status").lines.last == "Everything is up to date: 7 nodes.")
    #expect(await half("invalidate", "*").lines.count == 2)
    #expect(await squares("status").lines.last == "Everything is up to date: 7 nodes.")
    #expect(await half("status").output.contains("Out of date: 2 of 2 nodes."))
  }

  // MARK: What cannot be

  struct Empty: PipelineCatalog { static let pipelines: [any PipelineCommand.Type] = [] }

  struct Double: PipelineCatalog {
    static let pipelines: [any PipelineCommand.Type] = [Squares.self, Halves.self, Squares.self]
  }

  struct Alike: PipelineCatalog {
    struct Squares: PipelineCommand {
      static let pipelineName = "other"
      var body: Graph { $square(1) }
    }
    static let pipelines: [any PipelineCommand.Type] = [
      MillraceCLITests.Squares.self, Squares.self,
    ]
  }

  struct Mixed: PipelineCatalog {
    struct Squares: PipelineCommand {
      static let configuration = CommandConfiguration(commandName: "other")
      var body: Graph { $square(1) }
    }
    static let pipelines: [any PipelineCommand.Type] = [
      MillraceCLITests.Squares.self, Squares.self,
    ]
  }

  struct Shadowed: PipelineCatalog {
    struct Half: ParsableCommand {}
    static let configuration = CommandConfiguration(subcommands: [Half.self])
    static let pipelines: [any PipelineCommand.Type] = [Halves.self]
  }

  struct Helpful: PipelineCatalog {
    struct Help: PipelineCommand { var body: Graph { $square(1) } }
    static let pipelines: [any PipelineCommand.Type] = [Help.self]
  }

  @Test(arguments: [
    (
      Empty.self as any PipelineCatalog.Type,
      "Catalog 'Empty' has no pipelines; name some, as in 'static let pipelines: [any PipelineCommand.Type] = [WordCount.self]'."
    ),
    (
      Double.self,
      "Catalog 'Double' lists 'MillraceCLITests.Squares' twice; remove one of the two."
    ),
    (
      Alike.self,
      "Catalog 'Alike' has two commands 'squares': 'MillraceCLITests.Squares' and 'MillraceCLITests.CatalogTests.Alike.Squares'; give one of them another 'commandName' in its configuration."
    ),
    (
      Mixed.self,
      "Catalog 'Mixed' has two pipelines named 'squares': 'MillraceCLITests.Squares' and 'MillraceCLITests.CatalogTests.Mixed.Squares'; give one of them a 'static let pipelineName'."
    ),
    (
      Shadowed.self,
      "Catalog 'Shadowed' has two commands 'half': 'MillraceCLITests.Halves' and 'MillraceCLITests.CatalogTests.Shadowed.Half'; give one of them another 'commandName' in its configuration."
    ),
    (
      Helpful.self,
      "Catalog 'Helpful' calls 'MillraceCLITests.CatalogTests.Helpful.Help' 'help', which shows help; give it another 'commandName' in its configuration."
    ),
  ])
  func `a catalog that cannot be is refused with a sentence`(
    catalog: any PipelineCatalog.Type, sentence: String
  ) async {
    #expect(CatalogCheck.refusal(of: catalog) == sentence)
    for arguments in [["squares"], ["--help"], []] {
      let printed = await run(catalog: catalog, arguments)
      #expect(printed.status == 64)
      #expect(printed.output.isEmpty)
      #expect(printed.errors == "Error: \(sentence)\n")
    }
  }

  @Test func `options that are taken are found in all pipelines of a catalog`() {
    #expect(CatalogCheck.refusal(of: Tools.self) == nil)
    let refusals = CatalogCheck.refusals(of: Tools.self)
    #expect(refusals.count == 1)
    #expect(refusals.first?.hasPrefix("Pipeline 'Greedy' declares '--store'") == true)
  }

  @Test func `a completion script needs all pipelines to be right`() async {
    let printed = await run(catalog: Tools.self, ["--generate-completion-script", "bash"])
    #expect(printed.status == 64)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.hasPrefix("Error: Pipeline 'Greedy' declares '--store'"))
  }
}
