import ArgumentParser
import Testing

@testable import MillraceCLI

struct CompletionsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func candidates(
    _ subject: Completions.Subject, _ words: [String], environment: [String: String] = [:],
    pipeline: String = "squares"
  ) -> [String] {
    let session = Session(
      environment: { environment[$0] }, console: Paper().console(), folder: folder.path)
    let words = ["Squares", "read"] + words
    return Completions(pipeline: pipeline, session: session).candidates(
      for: subject, in: CompletionLine(words, index: words.count - 1, shell: nil))
  }

  private func fill() async {
    #expect(await run(Squares.self, ["--count", "2", "--store", folder.store]).status == 0)
    #expect(await run(Halves.self, ["--store", folder.store]).status == 0)
  }

  // MARK: What is offered

  @Test func `names of the pipeline come first, those given by hand before others`() async {
    await fill()
    let own = candidates(.nodes, ["--store", folder.store, ""])
    #expect(own.count == 6)
    #expect(own.prefix(4) == ["bytes", "numbers", "report", "total"])
    #expect(own.dropFirst(4).allSatisfy { $0.hasPrefix("square#") })
    let all = candidates(.names, ["--store", folder.store, ""])
    #expect(all == own + ["halves/half", "halves/report"])
    let other = candidates(.names, ["--store", folder.store, ""], pipeline: "halves")
    #expect(other.prefix(3) == ["half", "report", "squares/bytes"])
  }

  @Test func `the store is that of the line, the environment or the profile`() async throws {
    await fill()
    let store = folder.store
    #expect(candidates(.nodes, [""]).isEmpty)
    #expect(candidates(.nodes, ["", "--store", store]).contains("report"))
    #expect(candidates(.nodes, ["--store=\(store)", ""]).contains("report"))
    #expect(candidates(.nodes, [""], environment: ["MILLRACE_STORE": store]).contains("report"))
    try folder.write(
      Array(#"{"profiles": {"a": {"store": "store"}, "b": {"store": "none"}}}"#.utf8),
      to: SettingsFile.name)
    #expect(candidates(.nodes, ["--profile", "a", ""]).contains("report"))
    #expect(candidates(.nodes, ["--profile", "b", ""]).isEmpty)
    #expect(candidates(.nodes, ["--profile", "b", "--store", store, ""]).contains("report"))
    #expect(candidates(.nodes, [""], environment: ["MILLRACE_PROFILE": "a"]).contains("report"))
    #expect(candidates(.profiles, [""]) == ["a", "b"])
    #expect(try folder.names() == [SettingsFile.name, "store"])
  }

  @Test func `runs of the pipeline are offered, the latest first`() async throws {
    await fill()
    #expect(await run(Squares.self, ["--count", "3", "--store", folder.store]).status == 0)
    let runs = candidates(.runs, ["--store", folder.store, ""])
    #expect(runs.count == 4)
    #expect(runs.prefix(2) == ["last", "previous"])
    for run in runs {
      let printed = await MillraceCLITests.run(
        Squares.self, ["explain", "report", "--run", run, "--store", folder.store])
      #expect(printed.status == 0)
    }
  }

  @Test func `many are cut to those that fit`() async {
    #expect(await run(Squares.self, ["--count", "600", "--store", folder.store]).status == 0)
    let all = candidates(.nodes, ["--store", folder.store, ""])
    #expect(all.count == Completions.maximumCount)
    #expect(all.first == "bytes")
    #expect(candidates(.nodes, ["--store", folder.store, "re"]) == ["report"])
  }

  @Test func `what is wrong gives nothing, and makes nothing`() async throws {
    #expect(candidates(.nodes, ["--store", "\(folder.path)/none", ""]).isEmpty)
    #expect(candidates(.nodes, ["--store", "memory", ""]).isEmpty)
    #expect(candidates(.runs, ["--store", "", ""]).isEmpty)
    #expect(candidates(.profiles, [""]).isEmpty)
    #expect(candidates(.nodes, ["--profile", "none", ""]).isEmpty)
    try folder.write(Array("{".utf8), to: SettingsFile.name)
    #expect(candidates(.profiles, [""]).isEmpty)
    #expect(candidates(.names, [""]).isEmpty)
    #expect(try folder.names() == [SettingsFile.name])
  }

  // MARK: The call back

  /// What a script would be answered; scripts of other tests may have left a shell's spelling behind.
  private func call<P: PipelineCommand>(
    _ pipeline: P.Type, _ path: [String], _ argument: String, _ words: [String]
  ) async -> Printed {
    await run(
      pipeline,
      ["---completion"] + path + ["--", argument, "\(words.count - 1)", "0"] + words,
      in: folder.path)
  }

  @Test(arguments: [
    (["read"], "positional@0"), (["history"], "positional@0"), (["lineage"], "positional@0"),
    (["explain"], "positional@0"), (["accept"], "positional@0"), (["invalidate"], "positional@0"),
    (["run"], "--force"), (["plan"], "--only"), (["status"], "--until"), ([], "--force"),
    ([], "--only"), (["verify"], "--determinism"), (["diff"], "positional@1"),
    (["read"], "--run"),
  ])
  func `a script that calls is answered`(path: [String], argument: String) async {
    await fill()
    let printed = await call(
      Squares.self, path, argument, ["Squares", "--store", folder.store, ""])
    #expect(printed.status == 0)
    #expect(printed.errors.isEmpty)
    let isRun = argument == "--run" || path == ["diff"]
    #expect(printed.lines.contains(isRun ? "previous" : "report"))
    let other = await call(Squares.self, path, argument, ["Squares", "--store", "none", ""])
    #expect(other.status == 0)
    #expect(other.errors.isEmpty)
    let rest = other.output.filter { !$0.isWhitespace }
    #expect(rest.isEmpty)
  }

  @Test func `profiles are offered to verbs and to the run`() async throws {
    try folder.write(Array(#"{"profiles": {"server": {}}}"#.utf8), to: SettingsFile.name)
    for path in [[], ["run"], ["read"], ["gc"], ["verify"]] {
      let printed = await call(Squares.self, path, "--profile", ["Squares", ""])
      #expect(printed.lines.first == "server")
    }
  }

  @Test(arguments: [
    ["---completion"], ["---completion", "--"], ["---completion", "nothing", "--", "--force"],
    ["---completion", "read", "--", "--nothing", "1", "0", "a", "b"],
    ["---completion", "read", "--", "positional@0", "x", "y"],
    ["---completion", "read", "--", "positional@0"],
    ["---completion", "read", "--", "positional@7", "1", "0", "a", "b"],
  ])
  func `a call that makes no sense is answered with nothing`(arguments: [String]) async {
    for printed in [
      await run(Squares.self, arguments), await run(ReservedNamesTests.Plain.self, arguments),
      await run(catalog: CatalogTests.Double.self, arguments),
    ] {
      #expect(printed.status == 64)
      #expect(printed.output.isEmpty)
      #expect(printed.errors.isEmpty)
    }
  }

  @Test func `in a catalog each pipeline has its own names`() async {
    await fill()
    func call(_ path: String...) async -> [String] {
      let words = ["tools", "--store", folder.store, ""]
      let printed = await run(
        catalog: Tools.self,
        ["---completion"] + path + ["--", "positional@0", "\(words.count - 1)", "0"] + words)
      #expect(printed.errors.isEmpty)
      return printed.lines
    }
    #expect(await call("half", "read").prefix(3) == ["half", "report", "squares/bytes"])
    #expect(await call("half", "explain").filter { $0 != " " } == ["half", "report"])
    #expect(await call("squares", "read").first == "bytes")
    #expect(await call("squars", "read").isEmpty)
  }

  // MARK: Scripts

  @Test(arguments: ["bash", "zsh", "fish"])
  func `a script has verbs, options and calls back`(shell: String) async {
    let printed = await run(Squares.self, ["--generate-completion-script", shell])
    #expect(printed.status == 0)
    #expect(printed.errors.isEmpty)
    for part in [
      "invalidate", "history", "---completion read -- positional@0", "---completion -- --force",
      "---completion run -- --force", "---completion plan -- --profile", "dispatch", "executable",
      "mermaid", "no-keep-going", "explodes", "count",
    ] {
      #expect(printed.output.contains(part), "\(part)")
    }
  }

  @Test func `the options of a pipeline with arguments stand behind 'run'`() async {
    let printed = await run(Demanding.self, ["--generate-completion-script", "bash"])
    #expect(printed.output.contains("---completion run -- --force"))
    #expect(!printed.output.contains("---completion -- --force"))
    #expect(printed.output.contains("--other"))
  }

  struct Pair: PipelineCatalog {
    static let configuration = CommandConfiguration(commandName: "pair")
    static let pipelines: [any PipelineCommand.Type] = [Squares.self, Halves.self]
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `a catalog has one script for all`(shell: String) async {
    for arguments in [[], ["half"], ["squares", "read"]] {
      let printed = await run(
        catalog: Pair.self, arguments + ["--generate-completion-script", shell])
      #expect(printed.status == 0)
      for part in [
        "pair", "---completion squares read -- positional@0", "---completion half -- --only",
        "number", "explodes",
      ] {
        #expect(printed.output.contains(part), "\(part)")
      }
    }
  }
}
