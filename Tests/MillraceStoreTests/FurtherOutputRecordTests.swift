import MillraceCoding
import Synchronization
import Testing

@testable import MillraceStore

/// Results that belong to another one.
@Suite struct FurtherOutputRecordTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Saves a result with a small and a large further output.
  @discardableResult
  private func save(
    _ number: UInt8, in store: ArtifactStore, run: RunID? = nil, pipeline: String? = "p"
  ) throws -> ArtifactRecord {
    let key = Key.sample(number)
    var facts = ArtifactFacts.sample(node: "n", run: run)
    facts.pipeline = pipeline
    for (name, bytes) in [("large", Array(repeating: number, count: 20_000)), ("small", [number])] {
      let parts = FurtherOutput.parts(name, of: key)
      var further = ArtifactFacts(
        codec: "bytes/1", parts: parts, task: facts.task, node: FurtherOutput.name(name, of: "n"),
        run: run)
      further.pipeline = pipeline
      let record = try store.save(bytes, for: parts.key, facts: further)
      facts.further.append(
        FurtherOutput(name: name, key: record.key, artifact: record.artifact))
    }
    return try store.save([number], for: key, facts: facts)
  }

  private func isWhole(_ number: UInt8, in store: ArtifactStore) -> Bool {
    guard let record = store.find(.sample(number)) else { return false }
    return record.facts.further.count == 2
      && store.furtherRecords(of: record.facts.further)?.count == 2
  }

  @Test(arguments: StorageKind.allCases)
  func `a result says what belongs to it, before and after it is read back`(
    kind: StorageKind
  ) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(.decided(by: fate))
    let record = try save(1, in: store)
    #expect(record.facts.further.map(\.name) == ["large", "small"])
    #expect(record.owner == nil)
    try store.close()
    let reader = try place.openStore(.decided(by: fate))
    #expect(isWhole(1, in: reader))
    #expect(reader.find(.sample(1))?.facts.further == record.facts.further)
    let names = ["p/n", "p/n::large", "p/n::small"]
    #expect(reader.names().map(\.name) == names)
    let large = try #require(reader.resolve("p/n::large"))
    #expect(try reader.load(large) == Array(repeating: 1, count: 20_000))
    #expect(reader.find(large.key)?.owner == .sample(1))
    guard case .toBeChecked = reader.finding(of: .sample(1)) else {
      Issue.record("a run would take it for a hit unseen")
      return
    }
  }

  @Test func `field 21 is a list of names with a key and a digest each`() throws {
    let store = try ArtifactStore(storage: .memory(), options: .decided(by: fate))
    let record = try save(1, in: store)
    let payload = Array(record.payload)
    // The last field: a byte string, the encoding of named parts.
    let parts = KeyParts(further: record.facts.further).encoded()
    #expect(Array(payload.suffix(parts.count)) == parts)
    #expect(payload[payload.count - parts.count - 3] == 21 || parts.count > 255)
    let item = try KeyParts(decoding: parts)
    #expect(item.names == ["large", "small"])
    let small = record.facts.further[1]
    #expect(item["small"] == .list([.key(small.key), .digest(small.artifact)]))
  }

  @Test(arguments: StorageKind.allCases)
  func `a clean-up keeps what belongs to what stays, and nothing else`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    var runs: [RunID] = []
    for number in 1...3 as ClosedRange<UInt8> {
      fate.now.withLock { $0 += 60_000_000_000 }
      let store = try place.openStore(.decided(by: fate))
      let run = store.makeRunID()
      try store.beginRun(run, pipeline: "p")
      // The second run binds no names, so that only the listing of the third refers to its results.
      try save(number, in: store, run: run, pipeline: number == 2 ? nil : "p")
      let nodes = [2, 3].filter { $0 <= number }.map {
        RunListing.Node(name: "n\($0)", task: 0, state: .hit, key: .sample($0))
      }
      let task = RunListing.Task(id: "T", fileID: "F.swift", line: 1, parameters: [])
      try store.endRun(
        run, status: .succeeded, counts: RunCounts(nodes: 1),
        listing: RunListing(tasks: [task], nodes: nodes), view: nil)
      try store.close()
      runs.append(run)
    }
    let store = try place.openStore(.decided(by: fate))
    try store.collectGarbage(RetentionPolicy(keepLast: 1))
    let reader = try place.openStore(.decided(by: fate))
    #expect(!isWhole(1, in: reader) && reader.find(.sample(1)) == nil)
    #expect(isWhole(2, in: reader))
    #expect(isWhole(3, in: reader))
    let report = try reader.verify()
    #expect(report.problems.isEmpty && report.unreferenced == StoreTally())
  }

  @Test func `a result is not whole without them`() throws {
    let place = Place(folder: folder)
    let store = try place.openStore(.decided(by: fate))
    try save(1, in: store)
    let small = FurtherOutput.parts("small", of: .sample(1)).key
    try store.invalidate(small, reason: "a test")
    #expect(!isWhole(1, in: store))
    try save(1, in: store)
    #expect(isWhole(1, in: store))
    try store.close()
    let object = try #require(folder.files().first { $0.contains("/objects/") })
    var bytes = try folder.read(object)
    bytes[7] ^= 1
    try folder.write(bytes, to: object)
    let other = try place.openStore(.decided(by: fate))
    #expect(try other.verify().problems.count == 1)
    _ = try other.verify(repairing: true)
    let reader = try place.openStore(.decided(by: fate))
    #expect(reader.find(.sample(1)) != nil && !isWhole(1, in: reader))
  }

  @Test func `an accepted result has the outputs of the one before`() throws {
    let store = try ArtifactStore(storage: .memory(), options: .decided(by: fate))
    let record = try save(1, in: store)
    let accepted = try store.accept(
      record, for: .sample(2), encodedParts: [0xa0], node: "n", pipeline: "p", reason: "same")
    #expect(accepted.facts.further == record.facts.further)
    #expect(store.furtherRecords(of: accepted.facts.further)?.count == 2)
  }

  @Test(arguments: [
    ("a::b", "a", "b"), ("a/b::c", "a/b", "c"), ("a#0::b c", "a#0", "b c"),
    ("a[x::y]::z", "a[x::y]", "z"),
  ])
  func `names are put together and taken apart`(_ name: String, _ node: String, _ output: String) {
    #expect(FurtherOutput.name(output, of: node) == name)
    let parts = FurtherOutput.split(name)
    #expect(parts?.node == node && parts?.output == output)
    #expect(FurtherOutput.split(node) == nil)
  }

  @Test(arguments: ["a", "a:b", "a::", "a::b/c", "clean[x::y]", "a:::b/c"])
  func `a node's own name is no output's`(_ name: String) {
    #expect(FurtherOutput.split(name) == nil)
  }
}
