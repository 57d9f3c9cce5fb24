import Testing

@testable import MillraceCLI

struct PipelineMainTests {
  @Test(arguments: [["--help"], ["-h"], ["help"]])
  func `help shows the pipeline's options, Millrace's and the subcommands`(
    arguments: [String]
  ) async {
    let printed = await run(Squares.self, arguments)
    #expect(printed.status == 0)
    #expect(printed.errors.isEmpty)
    for word in [
      "Adds squares.", "--count <count>", "--backend <backend>", "MILLRACE_STORE", "--keep-going",
      "run (default)", "plan  ", "read  ", "--version",
    ] {
      #expect(printed.output.contains(word), "\(word)")
    }
  }

  @Test(arguments: [
    (["run", "--help"], "USAGE: Squares run", true), (["help", "run"], "USAGE: Squares run", true),
    (["plan", "--help"], "USAGE: Squares plan", true),
    (["read", "--help"], "USAGE: Squares read [<name>]", false),
  ])
  func `a subcommand's help shows what it takes`(
    arguments: [String], usage: String, hasPipelineOptions: Bool
  ) async {
    let printed = await run(Squares.self, arguments)
    #expect(printed.status == 0)
    #expect(printed.output.contains(usage))
    #expect(printed.output.contains("--count") == hasPipelineOptions)
    #expect(printed.output.contains("--store"))
  }

  @Test func `a version is printed if there is one`() async {
    let printed = await run(Squares.self, ["--version"])
    #expect(printed.status == 0)
    #expect(printed.output == "1.2.3\n")
    #expect(await run(Demanding.self, ["--version"]).status == 64)
  }

  @Test(arguments: [
    ["--backend", "turbo"], ["--backend", "dispatch:0"], ["--bad"], ["--count", "x"],
    ["run", "stray"], ["plan", "--bad"], ["read", "report", "--count", "3"], ["--seed", "-1"],
    ["--store", ""], ["--json", "--bad"],
  ])
  func `a wrong command line is a usage error that prints nothing else`(
    arguments: [String]
  ) async {
    let printed = await run(Squares.self, arguments)
    #expect(printed.status == 64)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.hasPrefix("Error: "))
  }

  @Test(arguments: [
    ("plna", "plan"), ("histroy", "history"), ("expalin", "explain"), ("lst", "list"),
    ("Graph", "graph"), ("hlep", "help"),
  ])
  func `a verb that does not exist is answered with the nearest`(wrong: String, right: String) async
  {
    let printed = await run(Squares.self, [wrong])
    #expect(printed.status == 64)
    #expect(printed.errors.hasPrefix("Error: Unexpected argument '\(wrong)'"))
    #expect(printed.errors.hasSuffix("\nDid you mean '\(right)'?\n"))
  }

  @Test(arguments: [["zzz"], ["--bad"], ["plan", "--bad"], ["--count", "plna"]])
  func `nothing is guessed where nothing is near`(arguments: [String]) async {
    #expect(await !run(Squares.self, arguments).errors.contains("Did you mean 'plan'"))
  }

  @Test(arguments: ["run", "plan"])
  func `a wrong variable is a usage error`(verb: String) async {
    let printed = await run(
      Squares.self, [verb, "--json"], environment: ["MILLRACE_BACKEND": "dispatch:many"])
    #expect(printed.status == 64)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.contains("MILLRACE_BACKEND"))
    #expect(printed.errors.contains("N from 1 to 1024"))
  }

  @Test func `the pipeline's own validation holds`() async {
    let printed = await run(Demanding.self, ["7", "--other=-1", "--store", "memory"])
    #expect(printed.status == 64)
    #expect(printed.errors.contains("Give '--other' a number from 0 on."))
  }

  @Test func `completions know Millrace's options`() async {
    let printed = await run(Squares.self, ["--generate-completion-script", "bash"])
    #expect(printed.status == 0)
    #expect(printed.output.contains("--backend"))
    #expect(printed.output.contains("--count"))
  }
}
