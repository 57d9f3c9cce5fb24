import Testing

@testable import MillraceCLI

struct SettingsTests {
  private func settings(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> Settings {
    try CommonOptions.parse(arguments).settings { environment[$0] }
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

  @Test func `a folder named memory has a path`() throws {
    #expect(try StoreChoice("./memory") == .folder("./memory"))
    #expect(throws: Settings.Problem.self) { try StoreChoice("") }
  }
}
