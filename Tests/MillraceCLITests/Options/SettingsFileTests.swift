import Foundation
import MillraceGraph
import Testing

@testable import MillraceCLI

struct SettingsFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String) throws {
    try folder.write(Array(text.utf8), to: SettingsFile.name)
  }

  private func choice(
    _ option: String? = nil, variable: String? = nil
  ) throws -> SettingsFile.Choice {
    try SettingsFile.choice(
      option,
      in: Session(
        environment: { $0 == "MILLRACE_PROFILE" ? variable : nil }, console: Paper().console(),
        folder: folder.path))
  }

  private static let example = """
    {
      "store": "results",
      "profiles": {
        "laptop": { "backend": "dispatch:2" },
        "server": {
          "backend": "dispatch:32", "store": "/data/millrace", "jobs": 16, "memory": "48gib",
          "resources": { "gpu": 2, "memory": "64gib" }, "keepGoing": true,
          "fingerprint": "executable"
        }
      }
    }
    """

  // MARK: Reading

  @Test func `a file says the same as options`() throws {
    let file = try SettingsFile(Array(Self.example.utf8), in: ".")
    #expect(file.common == SettingsLayer(store: .folder("results")))
    #expect(file.defaultProfile == nil)
    #expect(file.profiles.keys.sorted() == ["laptop", "server"])
    #expect(file.profiles["laptop"] == SettingsLayer(backend: .dispatch(width: 2)))
    #expect(
      file.profiles["server"]
        == SettingsLayer(
          backend: .dispatch(width: 32), store: .folder("/data/millrace"), keepsGoing: true,
          jobs: 16, memory: .gib(48), fingerprint: .executable,
          resources: ["gpu": 2, "memory": .gib(64)]))
  }

  @Test func `the documentation's file is right, and its table complete`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appending(path: "Sources/Millrace/Documentation.docc/Settings.md"),
      encoding: .utf8)
    let block = page.components(separatedBy: "```json\n")[1].components(separatedBy: "```")[0]
    let file = try SettingsFile(Array(block.utf8), in: ".")
    let example = try SettingsFile(Array(Self.example.utf8), in: ".")
    #expect(file.profiles == example.profiles)
    #expect(file.common == example.common)
    #expect(file.defaultProfile == "laptop")
    for key in SettingsKey.names + ["profile"] {
      #expect(page.contains("| `\"\(key)\": "), "\(key)")
    }
  }

  @Test func `an amount may be a number of bytes, and a store of no folder`() throws {
    let text = #"{"memory": 4096, "store": "memory", "keepGoing": false}"#
    #expect(
      try SettingsFile(Array(text.utf8), in: "there").common
        == SettingsLayer(store: .memory, keepsGoing: false, memory: 4096))
  }

  @Test(arguments: [
    ("results", ".", "results"), ("results", "there", "there/results"), ("/data", "there", "/data"),
    ("../up", "/a/b", "/a/b/../up"),
  ])
  func `a store begins where the file is`(store: String, folder: String, path: String) throws {
    let file = try SettingsFile(Array(#"{"store": "\#(store)"}"#.utf8), in: folder)
    #expect(file.common.store == .folder(path))
  }

  // MARK: Choosing

  @Test func `without a file there is nothing to choose`() throws {
    #expect(try choice() == SettingsFile.Choice())
    #expect(try choice(variable: "") == SettingsFile.Choice())
    #expect(try choice().sentence == nil)
  }

  @Test func `the option goes before the variable, and that before the file's own`() throws {
    let profiles = #""profiles": {"a": {"jobs": 1}, "b": {"jobs": 2}, "c": {"jobs": 3}}"#
    try write("{\"profile\": \"c\", \"store\": \"s\", \(profiles)}")
    #expect(try choice("a", variable: "b").profile == "a")
    #expect(try choice(variable: "b").profile == "b")
    #expect(try choice(variable: "").profile == "c")
    let layers = try choice().layers
    #expect(layers == [SettingsLayer(jobs: 3), SettingsLayer(store: .folder("\(folder.path)/s"))])
    #expect(try choice().sentence == "Using profile 'c' of millrace.json.")
    try write("{\"store\": \"s\", \(profiles)}")
    #expect(try choice().profile == nil)
    #expect(try choice().layers.count == 1)
    #expect(try choice().sentence == "Using millrace.json.")
  }

  @Test func `a profile without its file is answered with a file to write`() throws {
    let real = folder.path.withCString { path in
      realpath(path, nil).map { String(cString: $0) } ?? ""
    }
    #expect(
      throws: Settings.Problem(
        """
        There is no profile 'big "one"', because there is no millrace.json in '\(real)', the working folder. Go where it is, or write it, for instance:
        {
          "profiles": { "big \\"one\\"": { "backend": "dispatch:8", "store": "results" } }
        }
        """)
    ) { try choice("big \"one\"") }
    let problem = #expect(throws: Settings.Problem.self) { try choice(variable: "server") }
    let lines = problem?.description.split(separator: "\n") ?? []
    #expect(
      lines[0].hasPrefix(
        "There is no profile 'server', which the variable MILLRACE_PROFILE names, because"))
    // It is right as it stands there.
    let file = lines.dropFirst().joined(separator: "\n")
    let profiles = try SettingsFile(Array(file.utf8), in: ".").profiles
    #expect(profiles["server"]?.store == .folder("results"))
  }

  @Test func `a profile that does not exist is answered with those there are`() throws {
    try write(Self.example)
    #expect(
      throws: Settings.Problem(
        "millrace.json has no profile 'sever'. Did you mean 'server'? It has 'laptop', 'server'.")
    ) { try choice("sever") }
    #expect(
      throws: Settings.Problem(
        "millrace.json has no profile 'x' that the variable MILLRACE_PROFILE names. It has 'laptop', 'server'."
      )
    ) { try choice(variable: "x") }
    try write("{}")
    #expect(
      throws: Settings.Problem(
        "millrace.json has no profile 'x'. It has none; add it to its 'profiles'.")
    ) { try choice("x") }
  }

  // MARK: What is wrong with a file

  @Test(arguments: [
    ("{\n\"jobs\": 2,\n}", "millrace.json is no JSON: line 2 has a comma before '}'; remove it."),
    (
      "[]",
      #"millrace.json, line 1: The file is a list; it takes an object, such as { "backend": "local" }."#
    ),
    (
      "{\n\"job\": 2}",
      "millrace.json, line 2: 'job' is no setting. Did you mean 'jobs'? There are 'backend', 'store', 'jobs', 'memory', 'resources', 'keepGoing', 'fingerprint', 'profile', 'profiles'."
    ),
    (
      #"{"profiles": {"server": {"profiles": {}}}}"#,
      "millrace.json, line 1: 'profiles.server.profiles' is no setting. There are 'backend', 'store', 'jobs', 'memory', 'resources', 'keepGoing', 'fingerprint'."
    ),
    (
      #"{"profiles": {"server": {"keep-going": true}}}"#,
      "millrace.json, line 1: 'profiles.server.keep-going' is no setting. Did you mean 'keepGoing'? There are 'backend', 'store', 'jobs', 'memory', 'resources', 'keepGoing', 'fingerprint'."
    ),
    (
      "{\"profiles\": {\"server\": {\n\"jobs\": \"16\"}}}",
      "millrace.json, line 2: 'profiles.server.jobs' is a text; it takes a number, such as 8."
    ),
    (
      #"{"profiles": {"server": {"jobs": 0}}}"#,
      "millrace.json, line 1: 'profiles.server.jobs' cannot be used. '0' is no number of jobs; give a number from 1 on."
    ),
    (
      #"{"jobs": 1.5}"#,
      "millrace.json, line 1: 'jobs' cannot be used. '1.5' is no number of jobs; give a number from 1 on."
    ),
    (
      #"{"backend": "turbo"}"#,
      "millrace.json, line 1: 'backend' cannot be used. 'turbo' is no backend; use 'local', 'dispatch' or 'dispatch:N' with N workers."
    ),
    (
      #"{"backend": 8}"#,
      #"millrace.json, line 1: 'backend' is a number; it takes a text, such as "dispatch:8"."#
    ),
    (
      #"{"resources": {"gpu": "two"}}"#,
      "millrace.json, line 1: 'resources.gpu' cannot be used. 'gpu=two' is no limit; write a pool and a whole number, as in 'gpu=2' or 'memory=16gib'."
    ),
    (
      #"{"resources": ["gpu=2"]}"#,
      #"millrace.json, line 1: 'resources' is a list; it takes an object, such as { "gpu": 2 }."#
    ),
    (
      #"{"resources": {"gpu": true}}"#,
      #"millrace.json, line 1: 'resources.gpu' is true or false; it takes a number, or a text with a unit, such as 2 or "16gib"."#
    ),
    (
      #"{"memory": null}"#,
      #"millrace.json, line 1: 'memory' is null; it takes a number, or a text with a unit, such as "8gib"."#
    ),
    (
      #"{"keepGoing": "yes"}"#,
      "millrace.json, line 1: 'keepGoing' is a text; it takes true or false."
    ),
    (
      #"{"fingerprint": "binary"}"#,
      "millrace.json, line 1: 'fingerprint' cannot be used. 'binary' is no fingerprint; use 'source', or 'executable' to run everything again after each build of other code."
    ),
    (
      #"{"store": ""}"#,
      "millrace.json, line 1: 'store' cannot be used. A store has a path; give one, or 'memory', or leave it out for '.millrace'."
    ),
    (
      #"{"store": "~/results"}"#,
      "millrace.json, line 1: 'store' cannot be used. '~' stands for nothing here; write the path in full."
    ),
    (
      #"{"profiles": {"server": 3}}"#,
      #"millrace.json, line 1: 'profiles.server' is a number; it takes an object, such as { "backend": "local" }."#
    ),
    (
      #"{"profile": "sever", "profiles": {"server": {}}}"#,
      "millrace.json, line 1: 'profile' names 'sever', which is no profile. Did you mean 'server'? It has 'server'."
    ),
  ])
  func `what is wrong is said with its place, and nothing is run`(
    text: String, sentence: String
  ) async throws {
    try write(text)
    for arguments in [["--store", folder.store], ["read"], ["gc"], ["status", "--json"]] {
      let printed = await run(Squares.self, arguments, in: folder.path)
      #expect(printed.status == 64)
      #expect(printed.output.isEmpty)
      #expect(printed.errors == "Error: \(sentence)\n")
    }
    #expect(try folder.names() == [SettingsFile.name])
  }

  @Test func `a file that cannot be read is not passed over`() async throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/\(SettingsFile.name)", withIntermediateDirectories: false)
    let printed = await run(Squares.self, [], in: folder.path)
    #expect(printed.status == 64)
    #expect(
      printed.errors.hasPrefix("Error: millrace.json cannot be read: pread: Is a directory."))
  }

  @Test func `a file that is too large is not read`() async throws {
    try write(String(repeating: " ", count: 1 << 20) + "{}")
    let printed = await run(Squares.self, [], in: folder.path)
    #expect(printed.status == 64)
    #expect(printed.errors.contains("millrace.json is larger than 1 MiB"))
  }
}
