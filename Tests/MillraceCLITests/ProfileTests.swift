import MillraceCLI
import Testing

@testable import MillraceCLI

/// Runs and verbs in a folder with a `millrace.json`.
struct ProfileTests {
  /// One after the other, so that the second runs only where a failure is no end.
  struct Failing: PipelineCommand {
    var body: Graph {
      $explode(1).named("first")
      $square(2).named("second")
    }
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      Array(
        """
        {
          "store": "common", "backend": "local",
          "profiles": {
            "server": { "store": "served", "keepGoing": true },
            "passing": { "store": "memory" }
          }
        }
        """.utf8), to: SettingsFile.name)
  }

  private func squares(_ arguments: String..., profile: String? = nil) async -> Printed {
    await run(
      Squares.self, arguments, environment: profile.map { ["MILLRACE_PROFILE": $0] } ?? [:],
      in: folder.path)
  }

  @Test func `a run and the verbs that ask for it use the same store`() async throws {
    #expect(await squares("--profile", "server").status == 0)
    #expect(try folder.names() == [SettingsFile.name, "served"])
    for verb in [
      ["read", "report"], ["history", "report"], ["explain", "report"], ["lineage", "report"],
      ["status"], ["verify"], ["gc", "--dry-run"], ["plan"], ["invalidate", "report"],
    ] {
      let named = await run(Squares.self, verb + ["--profile", "server"], in: folder.path)
      #expect(named.status == 0, "\(verb): \(named.errors)")
      let variable = await run(
        Squares.self, verb, environment: ["MILLRACE_PROFILE": "server"], in: folder.path)
      #expect(variable.status == 0, "\(verb): \(variable.errors)")
    }
    let other = await squares("read", "report")
    #expect(other.status == 1)
    #expect(other.errors.hasPrefix("Error: There is no store to read"))
    #expect(other.errors.contains("'\(folder.path)/common'"))
    #expect(try folder.names() == [SettingsFile.name, "served"])
  }

  @Test func `a store of a profile that ends with the run cannot be asked`() async {
    let printed = await squares("read", "--profile", "passing")
    #expect(printed.status == 64)
    #expect(printed.errors.contains("A store in memory ends with its process"))
    #expect(await squares("read", "--profile", "passing", "--store", folder.path).status == 1)
  }

  @Test func `a profile keeps going until it is told not to`() async {
    func executed(_ options: String...) async -> Bool {
      let printed = await run(
        Failing.self, options + ["--profile", "server", "--force"], in: folder.path)
      #expect(printed.status == 1)
      return printed.lines.contains { $0.hasPrefix("executed  ") && $0.hasSuffix("  second") }
    }
    #expect(await executed())
    #expect(await !executed("--no-keep-going"))
    #expect(await !executed("--keep-going", "--no-keep-going"))
    #expect(await executed("--no-keep-going", "--keep-going"))
  }

  @Test func `a profile holds where tasks are run again to compare them`() async throws {
    try folder.write(
      Array(#"{"profiles": {"strict": {"fingerprint": "executable"}}}"#.utf8),
      to: SettingsFile.name)
    let store = ["--store", folder.store]
    #expect(await run(Pooled.self, store, in: folder.path).status == 0)
    let verb = ["verify", "--determinism", "*"] + store
    #expect(await run(Pooled.self, verb, in: folder.path).status == 0)
    // There are no results for keys of that kind.
    let strict = await run(Pooled.self, verb + ["--profile", "strict"], in: folder.path)
    #expect(strict.status == 1)
    #expect(strict.errors.contains("Run the pipeline first"))
  }

  @Test func `what is used is said where somebody looks`() async {
    let verbose = await squares("--profile", "server", "--verbose")
    #expect(verbose.lines.first == "Using profile 'server' of millrace.json.")
    #expect(await squares("-v").lines.first == "Using millrace.json.")
    #expect(await !squares("--profile", "server").output.contains("Using"))
    #expect(await !run(Squares.self, ["-v", "--store", "memory"]).output.contains("Using"))
    let json = await squares("--profile", "server", "--json", "--verbose")
    #expect(json.lines.first?.hasPrefix(#"{"event":"start","#) == true)
    #expect(json.lines.first?.hasSuffix(#","profile":"server"}"#) == true)
    #expect(await squares("--json").lines.first?.contains("profile") == false)
  }

  @Test(arguments: [
    ["--profile", "x"], ["read", "--profile", "x"], ["verify", "--profile", "x"],
  ])
  func `a profile that does not exist is a usage error`(arguments: [String]) async throws {
    let printed = await run(Squares.self, arguments, in: folder.path)
    #expect(printed.status == 64)
    #expect(
      printed.errors
        == "Error: millrace.json has no profile 'x'. It has 'passing', 'server'.\n")
    #expect(try folder.names() == [SettingsFile.name])
  }
}
