import Foundation
import MillraceCLI
import Testing

@testable import MillraceCLI

struct ReportingOptionsTests {
  struct Talking: PipelineCommand {
    @Option(help: "What the last task takes.") var number = 1
    @Flag(help: "Whether it fails.") var explodes = false

    var body: Graph {
      $sentence($square(number)).named("text").printed()
      $say(number).named("say")
      if explodes { $explode(1) }
    }
  }

  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store, "--backend", "local"] }

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [["--quiet"], ["-q"]])
  func `a quiet run prints what the pipeline prints, and warnings`(option: [String]) async {
    let printed = await run(Talking.self, store + option)
    #expect(printed.status == 0)
    #expect(printed.output == "The total is 1.\n")
    #expect(printed.errors == "say | warning: careful\n")
  }

  @Test func `a quiet run says what failed, and no more`() async {
    let printed = await run(Talking.self, store + ["-q", "--explodes", "--keep-going"])
    #expect(printed.status == 1)
    #expect(printed.output.isEmpty)
    #expect(
      printed.errors == "say | warning: careful\nError: Node 'explode' failed: the boiler blew\n")
  }

  @Test(arguments: [["--verbose"], ["-v"]])
  func `a verbose run says why each node ran, in the words of a plan`(option: [String]) async {
    let first = await run(Talking.self, store + option)
    #expect(
      first.lines.first { $0.contains("square") }?.hasSuffix("square  no earlier result") == true)
    #expect(first.lines.first { $0.contains("  say") }?.hasSuffix("say  not cached") == true)
    #expect(first.errors.contains("say | looking"))

    let second = await run(Talking.self, store + option)
    #expect(second.lines.contains { $0.hasPrefix("hit ") && $0.hasSuffix("text") })

    let changed = store + ["--number", "2"]
    let plan = await run(Talking.self, ["plan"] + changed)
    let reason = "changed: input 'number' is another constant"
    let third = await run(Talking.self, changed + option)
    let planned = plan.lines.first { $0.contains("square") }?.split(separator: "  ").last
    let said = third.lines.first { $0.contains("square") }?.split(separator: "  ").last
    #expect(planned == said, "\(reason)")
    #expect(said?.hasPrefix("changed: ") == true)
    // What a plan could only call waiting has a reason when it runs.
    #expect(third.lines.first { $0.contains("text") }?.contains("text  changed: ") == true)
  }

  @Test func `reasons stand in JSON, too`() async throws {
    let printed = await run(Talking.self, store + ["--json", "--verbose"])
    #expect(printed.lines.contains { $0.contains(#""reason":"no earlier result""#) })
    let plain = await run(Talking.self, store + ["--json", "--number", "3"])
    #expect(!plain.lines.contains { $0.contains(#""reason""#) })
  }

  @Test func `without options there is neither less nor more`() async {
    let printed = await run(Talking.self, store)
    #expect(printed.lines.count == 5)
    #expect(!printed.output.contains("no earlier result"))
    #expect(printed.errors == "say | hello\nsay | warning: careful\n")
  }

  @Test(arguments: [["-q", "-v"], ["--verbose", "--quiet"], ["run", "-qv"]])
  func `more and less at once is a usage error`(options: [String]) async {
    let printed = await run(Talking.self, options + store)
    #expect(printed.status == 64)
    #expect(
      printed.errors.contains("'--quiet' and '--verbose' exclude each other; give one of them."))
    #expect(printed.output.isEmpty)
  }

  @Test func `a plan takes neither`() async {
    #expect(await run(Talking.self, ["plan", "--quiet"] + store).status == 64)
    #expect(await run(Talking.self, ["plan", "-v"] + store).status == 64)
  }

  @Test func `on a terminal hits are counted, unless all is wanted`() async {
    // Of no size, so that it has no region.
    let terminal = Terminal(size: { nil })
    _ = await run(Squares.self, store)
    let normal = await run(Squares.self, store, on: terminal)
    #expect(normal.lines.count == 1)
    #expect(normal.lines.last?.hasPrefix("7 nodes: 0 executed, 7 hits") == true)
    let verbose = await run(Squares.self, store + ["-v"], on: terminal)
    #expect(verbose.lines.dropLast().allSatisfy { $0.hasPrefix("hit ") })
    #expect(verbose.lines.count == 8)
  }
}

@Task(cache: .off) func say(_ number: Int, context: TaskContext) -> Int {
  context.log.debug("looking")
  context.log.info("hello")
  context.log.warning("careful")
  return number
}
