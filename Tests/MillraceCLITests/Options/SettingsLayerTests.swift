import MillraceGraph
import Testing

@testable import MillraceCLI

/// What goes before what, over all places at which something can be said.
struct SettingsLayerTests {
  /// A place where settings are made, the first going before the others.
  enum Level: Int, CaseIterable {
    case option, variable, profile, file
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A setting that differs in each place where it can be made.
  struct Row: Sendable {
    var key: String
    var option: @Sendable (Int) -> [String]
    var variable: (String, @Sendable (Int) -> String)?
    var json: @Sendable (Int) -> String
    /// Which place a run's settings come from; nil for the default.
    var level: @Sendable (Settings) -> Int?
  }

  static let rows: [Row] = [
    Row(
      key: "backend", option: { ["--backend", "dispatch:\($0 + 1)"] },
      variable: ("MILLRACE_BACKEND", { "dispatch:\($0 + 1)" }), json: { "\"dispatch:\($0 + 1)\"" },
      level: { settings in
        guard case .dispatch(let width?) = settings.backend else { return nil }
        return width - 1
      }),
    Row(
      key: "store", option: { ["--store", "/\($0)"] }, variable: ("MILLRACE_STORE", { "/\($0)" }),
      json: { "\"/\($0)\"" },
      level: { settings in
        guard case .folder(let path) = settings.store else { return nil }
        return Int(path.dropFirst())
      }),
    Row(
      key: "jobs", option: { ["--jobs", "\($0 + 1)"] }, json: { "\($0 + 1)" },
      level: { $0.jobs.map { $0 - 1 } }),
    Row(
      key: "memory", option: { ["--memory", "\($0 + 1)gib"] }, json: { "\"\($0 + 1)gib\"" },
      level: { $0.memoryBudget.map { ($0.value >> 30) - 1 } }),
    Row(
      key: "resources", option: { ["--resource", "gpu=\($0)"] },
      variable: ("MILLRACE_RESOURCES", { "gpu=\($0)" }), json: { "{\"gpu\": \($0)}" },
      level: { $0.resources["gpu"]?.value }),
  ]

  private func settings(
    _ row: Row, _ levels: some Sequence<Level>
  ) throws -> Settings {
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var members = ["profile", "file"].map { _ in "" }
    for level in levels {
      switch level {
      case .option: arguments = row.option(0)
      case .variable: if let (name, text) = row.variable { environment[name] = text(1) }
      case .profile: members[0] = "\"\(row.key)\": \(row.json(2))"
      case .file: members[1] = ", \"\(row.key)\": \(row.json(3))"
      }
    }
    let file = "{\"profile\": \"server\", \"profiles\": {\"server\": {\(members[0])}}\(members[1])}"
    try folder.write(Array(file.utf8), to: SettingsFile.name)
    return try CommonOptions.parse(arguments).settings(
      in: Session(
        environment: { [environment] in environment[$0] }, console: Paper().console(),
        folder: folder.path))
  }

  @Test(arguments: rows.indices)
  func `the first place that says something counts`(index: Int) throws {
    let row = Self.rows[index]
    for mask in 0..<16 {
      var levels = Level.allCases.filter { mask >> $0.rawValue & 1 == 1 }
      if row.variable == nil { levels.removeAll { $0 == .variable } }
      let found = row.level(try settings(row, levels))
      #expect(found == levels.first?.rawValue, "\(row.key): \(levels)")
    }
  }

  @Test(arguments: [nil, true, false], [nil, true, false])
  func `a flag can be taken back for once`(option: Bool?, profile: Bool?) throws {
    let row = Row(
      key: "keepGoing", option: { _ in [option == true ? "--keep-going" : "--no-keep-going"] },
      json: { _ in "\(profile == true)" }, level: { _ in nil })
    let levels = (option == nil ? [] : [Level.option]) + (profile == nil ? [] : [.profile])
    #expect(try settings(row, levels).keepsGoing == (option ?? profile ?? false))
  }

  @Test func `a fingerprint comes from all places`() throws {
    func row(_ sources: [String]) -> Row {
      Row(
        key: "fingerprint", option: { ["--fingerprint", sources[$0]] },
        variable: ("MILLRACE_FINGERPRINT", { sources[$0] }), json: { "\"\(sources[$0])\"" },
        level: { _ in nil })
    }
    for level in Level.allCases {
      var sources = Level.allCases.map { _ in "source" }
      sources[level.rawValue] = "executable"
      let later = Level.allCases[level.rawValue...]
      #expect(try settings(row(sources), later).fingerprint == .executable)
      sources = Level.allCases.map { $0 == level ? "source" : "executable" }
      #expect(try settings(row(sources), later).fingerprint == .source)
    }
  }

  @Test func `pools are put together one by one, and the pipeline's own come last`() throws {
    let layers = [
      SettingsLayer(resources: ["a": 1]), SettingsLayer(resources: ["a": 2, "b": 2]),
      SettingsLayer(resources: ["b": 3, "c": 3]), SettingsLayer(resources: ["a": 4, "d": 4]),
    ]
    let all = SettingsLayer(first: layers)
    #expect(all.resources == ["a": 1, "b": 2, "c": 3, "d": 4])
    var settings = try settings(Self.rows[2], [])
    settings.resources = all.resources
    let limits = settings.options({ _ in nil }, limits: ["a": 9, "e": 9]).resources
    #expect(limits == ["a": 1, "b": 2, "c": 3, "d": 4, "e": 9])
  }

  @Test func `nothing said is nothing`() {
    #expect(SettingsLayer(first: []) == SettingsLayer())
    #expect(SettingsLayer(first: [SettingsLayer(), SettingsLayer(jobs: 2)]).jobs == 2)
  }
}
