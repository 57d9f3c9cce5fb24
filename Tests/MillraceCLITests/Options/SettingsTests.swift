import MillraceGraph
import Testing

@testable import MillraceCLI

struct SettingsTests {
  private func settings(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> Settings {
    try CommonOptions.parse(arguments).settings(
      in: Session(environment: { environment[$0] }, console: Paper().console()))
  }

  @Test func `without options and variables the defaults hold`() throws {
    #expect(
      try settings([])
        == Settings(
          backend: .dispatch(width: nil), store: .folder(".millrace"), keepsGoing: false, seed: 0,
          usesJSON: false))
  }

  @Test func `variables come before defaults`() throws {
    let settings = try settings(
      [], ["MILLRACE_BACKEND": "dispatch:2", "MILLRACE_STORE": "memory"])
    #expect(settings.backend == .dispatch(width: 2))
    #expect(settings.store == .memory)
  }

  @Test func `options come before variables`() throws {
    let settings = try settings(
      ["--backend", "local", "--store", "there", "--keep-going", "--seed", "7", "--json"],
      ["MILLRACE_BACKEND": "dispatch:2", "MILLRACE_STORE": "memory"])
    #expect(
      settings
        == Settings(
          backend: .local, store: .folder("there"), keepsGoing: true, seed: 7, usesJSON: true))
  }

  @Test func `an empty variable counts as not set`() throws {
    let settings = try settings([], ["MILLRACE_BACKEND": "", "MILLRACE_STORE": ""])
    #expect(settings.backend == .dispatch(width: nil))
    #expect(settings.store == .folder(".millrace"))
  }

  @Test func `a wrong variable is named`() {
    #expect(
      throws: Settings.Problem(
        "The variable MILLRACE_BACKEND cannot be used. 'x' is no backend; use 'local', 'dispatch' or 'dispatch:N' with N workers."
      )
    ) { try settings([], ["MILLRACE_BACKEND": "x"]) }
  }

  @Test func `settings reach the run`() throws {
    let options = try settings(["--keep-going", "--seed", "7"]).options { _ in "value" }
    #expect(options.failurePolicy == .keepGoing)
    #expect(options.seed == 7)
    #expect(options.environment("ANY") == "value")
    #expect(try settings([]).options { _ in nil }.failurePolicy == .failFast)
  }

  @Test func `limits come from options, then the variable, then the pipeline`() throws {
    let settings = try settings(
      ["--resource", "gpu=3", "--resource", "memory=16gib", "--resource", "gpu=2"],
      ["MILLRACE_RESOURCES": "gpu=1,disk=4,memory=1kib"])
    #expect(settings.resources == ["gpu": 2, "memory": .gib(16), "disk": 4])
    let options = settings.options({ _ in nil }, limits: ["disk": 9, "network": 5])
    #expect(options.resources == ["gpu": 2, "memory": .gib(16), "disk": 4, "network": 5])
  }

  @Test func `jobs and the memory budget reach the run`() throws {
    let options = try settings(["--jobs", "3", "--memory", "4gib"]).options { _ in nil }
    #expect(options.jobs == 3)
    #expect(options.memoryBudget == .gib(4))
    let plain = try settings([]).options { _ in nil }
    #expect(plain.jobs == nil && plain.memoryBudget == nil && plain.resources.isEmpty)
  }

  @Test func `what stands for code comes from the option, then the variable`() throws {
    #expect(try settings([]).fingerprint == .source)
    let variable = ["MILLRACE_FINGERPRINT": "executable"]
    #expect(try settings([], variable).options { _ in nil }.fingerprint == .executable)
    #expect(try settings(["--fingerprint", "source"], variable).fingerprint == .source)
    #expect(try settings(["--fingerprint", "executable"]).fingerprint == .executable)
    #expect(throws: (any Error).self) { try settings(["--fingerprint", "binary"]) }
    #expect(
      throws: Settings.Problem(
        "The variable MILLRACE_FINGERPRINT cannot be used. 'binary' is no fingerprint; use 'source', or 'executable' to run everything again after each build of other code."
      )
    ) { try settings([], ["MILLRACE_FINGERPRINT": "binary"]) }
  }

  @Test(arguments: ["gpu", "=2", "gpu=", "gpu=two", "gpu=-1", "", "gpu=1=2"])
  func `a limit that is none is refused`(text: String) {
    #expect(
      throws: Settings.Problem(
        "'\(text)' is no limit; write a pool and a whole number, as in 'gpu=2' or 'memory=16gib'.")
    ) { try ResourceChoice(text) }
    #expect(throws: Settings.Problem.self) {
      try settings([], ["MILLRACE_RESOURCES": "memory=1,\(text)"])
    }
  }

  @Test(arguments: ["0", "-1", "+1", "many", ""])
  func `a number of jobs that is none is refused`(text: String) {
    #expect(
      throws: Settings.Problem("'\(text)' is no number of jobs; give a number from 1 on.")
    ) { try ResourceChoice.jobs(text) }
    #expect(throws: (any Error).self) { try settings(["--jobs=\(text)"]) }
  }

  @Test func `a folder named memory has a path`() throws {
    #expect(try StoreChoice("./memory") == .folder("./memory"))
    #expect(throws: Settings.Problem.self) { try StoreChoice("") }
  }
}
