import MillraceCoding

@testable import MillraceStore

/// All that a store says to questions about a small world, to be compared with what another one says.
struct Answers: Equatable {
  static let keys = (0..<8 as Range<UInt8>).map { Key.sample($0) }
  static let names = ["p/a", "p/b", "q/a", "free", "none"]
  static let paths = ["/one", "/two"]
  static let stamp = FileStamp(size: 1, modified: 5, inode: 2, device: 3)

  private(set) var lines: [String] = []

  init(of store: ArtifactStore) {
    for key in Self.keys {
      add("find", store.find(key).map { Self.describe($0, store) })
      add("records", store.records(of: key).map { Self.describe($0, store) })
      add("conflict", store.conflict(of: key)?.description)
      add("invalidations", store.invalidations(of: key))
    }
    add("conflicts", store.conflicts().map(\.key))
    add("all invalidations", store.invalidations())
    add("runs", store.runs())
    for run in store.runs() { add("attempts", store.failedAttempts(in: run.id)) }
    for name in Self.names {
      let history = store.history(of: name)
      add("resolve", store.resolve(name))
      add("history", history)
      add("values", history.map { try? store.load($0) })
      for binding in history {
        add("at", store.binding(of: name, at: binding.time))
        add("unbound", store.isUnbound(since: binding.time))
        add("names at", store.names(at: binding.time))
      }
    }
    add("names", store.names())
    add("by digest", store.names().map { try? store.load($0.artifact) })
    for path in Self.paths {
      add("file", store.rememberedDigest(of: path, stamp: Self.stamp))
    }
  }

  private mutating func add(_ question: String, _ answer: Any?) {
    lines.append("\(question): \(answer.map { "\($0)" } ?? "nothing")")
  }

  private static func describe(_ record: ArtifactRecord, _ store: ArtifactStore) -> String {
    let facts = record.facts
    let bytes = (try? store.load(record)).map { "\($0)" } ?? "nothing"
    return "\(record.key) \(record.artifact) \(record.time.nanoseconds) \(facts.node) "
      + "\(facts.pipeline ?? "-") \(facts.run?.description ?? "-") \(bytes)"
  }

  /// Where two differ, for messages.
  func differences(from other: Answers) -> [String] {
    zip(lines, other.lines).filter { $0 != $1 }.map { "\($0) — instead of — \($1)" }
      + (lines.count == other.lines.count ? [] : ["\(lines.count) of \(other.lines.count) answers"])
  }
}

extension Storage {
  /// The same without snapshots, and for reading only.
  var logAlone: Storage {
    var storage = self
    (storage.snapshots, storage.isReadOnly) = (nil, true)
    return storage
  }

  /// The same for reading only.
  var forReading: Storage {
    var storage = self
    storage.isReadOnly = true
    return storage
  }

  /// The bytes of all snapshots, by name.
  func allSnapshots() throws -> [String: [UInt8]] {
    let snapshots = self.snapshots
    return try (snapshots?.list() ?? []).reduce(into: [:]) { all, name in
      all[name] = try snapshots?.read(name, from: 0, limit: .max / 2)?.bytes
    }
  }

  /// Puts other bytes in the place of a snapshot.
  func replaceSnapshot(_ name: String, with bytes: [UInt8]?) throws {
    try snapshots?.remove(name)
    guard let bytes else { return }
    try snapshots?.write(name, durably: false) { append in
      try bytes.withUnsafeBytes { try append($0) }
    }
  }
}
