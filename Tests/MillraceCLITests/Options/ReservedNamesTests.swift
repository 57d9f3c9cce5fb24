import MillraceCLI
import Testing

@testable import MillraceCLI

struct ReservedNamesTests {
  struct Plain: PipelineCommand {
    @Option var store: String = ""
    var body: Graph { $square(1) }
  }

  struct Renamed: PipelineCommand {
    @Option(name: .customLong("seed"), help: .private) var chance: Int = 0
    @Flag(name: [.customShort("x"), .customLong("json")]) var wantsText = false
    var body: Graph { $square(1) }
  }

  struct Nested: PipelineCommand {
    struct Group: ParsableArguments {
      @Flag(inversion: .prefixedNo) var keepGoing = false
    }
    @OptionGroup var group: Group
    var body: Graph { $square(1) }
  }

  struct Short: PipelineCommand {
    @Flag(name: .shortAndLong) var vivid = false
    var body: Graph { $square(1) }
  }

  struct Innocent: PipelineCommand {
    @Option(help: #"Says "name": "store" and \"#) var input: String = "--store"
    @Option(help: "Not --store.") var stores: String = ""
    @Argument var store: String = "store"
    var body: Graph { $square(1) }
  }

  @Test(arguments: [
    (
      Plain.self as any PipelineCommand.Type,
      "Pipeline 'Plain' declares '--store', which is Millrace's own; rename the property, or write for instance '@Option(name: .customLong(\"my-store\"))'."
    ),
    (
      Renamed.self,
      "Pipeline 'Renamed' declares '--json', '--seed', which are Millrace's own; rename the properties, or write for instance '@Option(name: .customLong(\"my-json\"))'."
    ),
    (
      Nested.self,
      "Pipeline 'Nested' declares '--keep-going', '--no-keep-going', which are Millrace's own; rename the properties, or write for instance '@Option(name: .customLong(\"my-keep-going\"))'."
    ),
    (
      Short.self,
      "Pipeline 'Short' declares '-v', which is Millrace's own; rename the property, or write for instance '@Option(name: .long)'."
    ),
  ])
  func `a taken name is refused with a sentence`(
    pipeline: any PipelineCommand.Type, sentence: String
  ) {
    #expect(ReservedNames.refusal(of: pipeline) == sentence)
  }

  @Test func `names inside of texts and of arguments are free`() {
    #expect(ReservedNames.refusal(of: Innocent.self) == nil)
    #expect(ReservedNames.refusal(of: Squares.self) == nil)
  }

  @Test func `every option of Millrace is reserved`() {
    let own = ReservedNames.names(
      inDump: Array(CommonOptions._dumpHelp().utf8) + Array(ReportingOptions._dumpHelp().utf8))
    // Options of 'plan', of 'accept' and of 'graph' alone.
    let others: Set = ["untracked", "reason", "format"]
    #expect(own.subtracting(["help", "h", "version"]).union(others) == ReservedNames.all)
  }

  @Test func `a refused pipeline does nothing at all`() async {
    let printed = await run(Plain.self, ["--help"])
    #expect(printed.status == 64)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.hasPrefix("Error: Pipeline 'Plain' declares '--store'"))
  }

  @Test(arguments: [#"{"name""#, #"{"name":"a"#, #"{"name":"a\"#, #"""#, ""])
  func `a cut dump is survived`(dump: String) {
    #expect(ReservedNames.names(inDump: Array(dump.utf8)).isEmpty)
  }
}
