import Foundation
import MillraceCoding
import Testing

@testable import MillraceStore

/// Verification finds whatever is not as it was written, and a repair leaves what is whole.
@Suite struct VerifyingTests {
  private let folder: TemporaryFolder
  private let results: [(key: Key, bytes: [UInt8])] = [
    (.sample(1), [1, 2, 3]), (.sample(2), [UInt8](repeating: 7, count: 40)), (.sample(3), [4, 5]),
    (.sample(4), [UInt8](repeating: 9, count: 90)),
  ]

  init() throws {
    folder = try TemporaryFolder()
  }

  private var path: String { "\(folder.path)/store" }

  /// Two segments with results in records and as objects, names, a run with an attempt, an invalidation.
  private func fill() throws {
    for half in [results[..<2], results[2...]] {
      let fate = Fate(after: half.startIndex)
      let store = try ArtifactStore.open(at: path, options: .decided(by: fate))
      let run = store.makeRunID()
      try store.beginRun(run, pipeline: "p")
      for result in half { try store.save(result.bytes, for: result.key, facts: .sample(run: run)) }
      try store.recordAttempt(1, of: "clean", in: run, error: "Refused")
      try store.save([1], for: .sample(9))
      try store.invalidate(.sample(9), reason: "a test")
      let record = try #require(store.find(half[half.startIndex].key))
      try store.bind("name\(half.startIndex)", to: record, run: run)
      try store.endRun(run, status: .succeeded, counts: RunCounts(nodes: 2, executed: 2))
      try store.close()
    }
  }

  private func verify(repairing: Bool = false) throws -> VerificationReport {
    let store = try ArtifactStore.open(at: path, readOnly: !repairing)
    return try store.verify(repairing: repairing)
  }

  @Test func `the end of a run stays when what it says of its nodes is lost`() throws {
    let store = try ArtifactStore.open(at: path)
    let run = store.makeRunID()
    try store.beginRun(run, pipeline: "p")
    let nodes = (0..<2000).map { RunListing.Node(name: "node \($0)", task: 0, state: .hit) }
    let task = RunListing.Task(id: "t", fileID: "M/F.swift", line: 1, parameters: [])
    try store.endRun(
      run, status: .failed, counts: RunCounts(nodes: 2000, hits: 2000),
      listing: RunListing(tasks: [task], nodes: nodes))
    try store.close()
    #expect(try store.listing(of: run)?.nodes.count == 2000)
    let object = try #require(try store.storage.blobs.list().first)
    try store.storage.blobs.delete(object)
    #expect(try verify().problems.count == 1)
    #expect(try verify(repairing: true).remaining.isEmpty)
    #expect(try verify().problems.isEmpty)
    let after = try ArtifactStore.open(at: path)
    #expect(after.run(run)?.status == .failed && after.run(run)?.counts?.hits == 2000)
    #expect(try after.listing(of: run) == nil)
  }

  /// What can be asked of the store.
  private struct Answers: Equatable {
    var found: [Bool]
    var names: [String]
    var runs: [RunRecord]
    var attempts: [[AttemptRecord]]
    var isForgotten: Bool
  }

  private func answers() throws -> Answers {
    let store = try ArtifactStore.open(at: path, readOnly: true)
    let found = results.map { result in
      guard let bytes = store.value(of: result.key) else { return false }
      #expect(bytes == result.bytes, "a wrong value")
      return true
    }
    let names = store.names().filter { (try? store.load($0)) != nil }.map(\.name)
    let runs = store.runs()
    return Answers(
      found: found, names: names, runs: runs,
      attempts: runs.map { store.failedAttempts(in: $0.id) },
      isForgotten: store.find(.sample(9)) == nil)
  }

  /// The store's files that matter: its lock is empty, and snapshots can be made again.
  private func files() -> [String] {
    folder.files().filter { $0 != "store/lock" && !$0.hasPrefix("store/index/") }
  }

  private func contents() throws -> [String: [UInt8]] {
    try Dictionary(uniqueKeysWithValues: files().map { ($0, try folder.read($0)) })
  }

  private func restore(_ contents: [String: [UInt8]]) throws {
    for file in files() where contents[file] == nil { try folder.remove(file) }
    for (file, bytes) in contents where (try? folder.read(file)) != bytes {
      try folder.write(bytes, to: file, mode: file.hasSuffix("format") ? 0o644 : 0o444)
    }
  }

  /// Verifies, repairs, and verifies again.
  private func check(_ file: String, _ comment: Comment) throws {
    let report = try verify()
    let name = String(file.dropFirst("store/".count))
    #expect(report.problems.contains { $0.file == name }, comment)
    #expect(report.problems.allSatisfy { !$0.isRepaired && $0.remedy != nil }, comment)
    let before = try answers()
    #expect(try verify(repairing: true).remaining.isEmpty, comment)
    #expect(try verify().problems.isEmpty, comment)
    #expect(try answers() == before, comment)
  }

  @Test func `a whole store is counted and has no problems`() throws {
    try fill()
    let report = try verify()
    #expect(report.problems.isEmpty)
    #expect(report.records == 2 * 10 + 1, "the second segment tells of the first")
    #expect(report.objects == 2)
    let sizes = try files().filter { $0 != "store/format" }.map { try folder.read($0).count }
    #expect(report.bytes == sizes.reduce(0, +))
    #expect(report.unreferenced == StoreTally() && report.leftovers == StoreTally())
  }

  @Test(arguments: [0x01, 0x80] as [UInt8])
  func `any byte flipped is found and repaired, and what is whole stays`(flip: UInt8) throws {
    try fill()
    let whole = try contents()
    for (file, bytes) in whole.sorted(by: { $0.key < $1.key }) {
      // All places, a few at a time over the two parameters.
      for position in bytes.indices where position % 2 == Int(flip & 1) || bytes.count < 100 {
        var damaged = bytes
        damaged[position] ^= flip
        try folder.write(damaged, to: file)
        try check(file, "\(file) at \(position)")
        try restore(whole)
      }
    }
    #expect(try answers().found == [true, true, true, true])
  }

  @Test func `a file cut anywhere is found and repaired`() throws {
    try fill()
    let whole = try contents()
    for (file, bytes) in whole {
      let counts: Set = [0, 1, 15, 16, 17, bytes.count / 2, bytes.count - 1]
      for count in counts where count < bytes.count {
        // The first line alone of the format is taken at its word.
        if file == "store/format", count == 17 { continue }
        try folder.write(Array(bytes[..<count]), to: file)
        try check(file, "\(file) cut to \(count)")
        try restore(whole)
      }
    }
  }

  @Test func `a removed object or format is found and repaired`() throws {
    try fill()
    let whole = try contents()
    for file in whole.keys where !file.hasPrefix("store/log/") {
      try folder.remove(file)
      let report = try verify()
      #expect(report.problems.map(\.file) == [String(file.dropFirst("store/".count))])
      #expect(try verify(repairing: true).remaining.isEmpty)
      #expect(try verify().problems.isEmpty)
      try restore(whole)
    }
  }

  @Test func `a repair keeps the stamps of records, and loses nothing that is whole`() throws {
    try fill()
    let times = try ArtifactStore.open(at: path, readOnly: true).records(of: .sample(1)).map(\.time)
    let segments = files().filter { $0.hasPrefix("store/log/") }
    for segment in segments {
      var bytes = try folder.read(segment)
      bytes[3] ^= 1
      try folder.write(bytes, to: segment)
    }
    let before = try answers()
    let store = try ArtifactStore.open(at: path)
    #expect(try store.verify(repairing: true).problems.count == segments.count)
    #expect(try answers() == before)
    #expect(before.found == [true, true, true, true] && before.names.count == 2)
    // Also for the store that did it, whose index was full.
    #expect(store.records(of: .sample(1)).map(\.time) == times)
    #expect(results.allSatisfy { store.value(of: $0.key) == $0.bytes })
    #expect(Set(files()).isDisjoint(with: segments))
    #expect(files().filter { $0.hasPrefix("store/log/") }.count == 1)
  }

  @Test func `what a live writer holds is neither damage nor repaired`() throws {
    try fill()
    let live = try ArtifactStore.open(at: path, options: .decided(by: Fate(after: 50)))
    try live.save([1, 2], for: .sample(20))
    try live.save([UInt8](repeating: 3, count: 60), for: .sample(21))
    try live.flush()
    #expect(try verify().problems.isEmpty)
    // Its object is lost; its record cannot be taken from it.
    let digest = Digest.sha256([UInt8](repeating: 3, count: 60))
    let object = "store/objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
    try folder.remove(object)
    let before = try contents()
    let report = try verify(repairing: true)
    #expect(report.remaining.map(\.file) == [String(object.dropFirst("store/".count))])
    #expect(try contents() == before)
    try live.save([1, 2], for: .sample(22))
    try live.close()
    #expect(try verify(repairing: true).remaining.isEmpty)
    #expect(try verify().problems.isEmpty)
    let store = try ArtifactStore.open(at: path, readOnly: true)
    #expect(store.value(of: .sample(20)) == [1, 2] && store.value(of: .sample(22)) == [1, 2])
    #expect(store.find(.sample(21)) == nil)
  }

  @Test func `what is left of incomplete objects is counted, and removed by a repair`() throws {
    try fill()
    try folder.write([1, 2, 3], to: "store/objects/tmp/ab12-1")
    try folder.write([1], to: "store/objects/tmp/notes")
    let extra = try Storage.disk(at: path).blobs
    _ = try extra.put([8, 8, 8])
    try extra.publish(durably: true)
    let report = try verify()
    #expect(report.problems.isEmpty)
    #expect(report.leftovers == StoreTally(count: 1, bytes: 3))
    #expect(report.unreferenced == StoreTally(count: 1, bytes: 3))
    #expect(try verify(repairing: true).problems.isEmpty)
    #expect(try verify().leftovers == StoreTally())
    #expect(folder.files().contains("store/objects/tmp/notes"), "a file that is none of ours")
  }

  @Test func `a store that can only be read is verified and not repaired`() throws {
    try fill()
    let store = try ArtifactStore.open(at: path, readOnly: true)
    #expect(try store.verify().problems.isEmpty)
    let failure = #expect(throws: StoreFailure.self) { try store.verify(repairing: true) }
    #expect(failure?.code == .readOnly)
  }

  @Test func `a store in memory is verified and repaired`() throws {
    let storage = Storage.memory()
    let store = try ArtifactStore(storage: storage, options: .decided(by: Fate()))
    for result in results { try store.save(result.bytes, for: result.key) }
    #expect(try store.verify().problems.isEmpty)
    try storage.blobs.delete(.sha256(results[1].bytes))
    let report = try store.verify(repairing: true)
    #expect(report.problems.map(\.warning.code) == [.missingArtifact])
    #expect(try store.verify().problems.isEmpty)
    #expect(results.map { store.value(of: $0.key) != nil } == [true, false, true, true])
  }

  @Test func `a name whose result is lost stands for the one before`() throws {
    let store = try ArtifactStore.open(at: path, options: .decided(by: Fate()))
    try store.bind("report", to: store.save([1], for: .sample(1)))
    try store.bind("report", to: store.save([UInt8](repeating: 2, count: 50), for: .sample(2)))
    try store.close()
    try folder.remove(#require(files().first { $0.hasPrefix("store/objects/") }))
    #expect(try verify(repairing: true).remaining.isEmpty)
    let repaired = try ArtifactStore.open(at: path, readOnly: true)
    #expect(try repaired.load(#require(repaired.resolve("report"))) == [1])
  }
}

extension Fate {
  /// A fate whose random numbers, and so the names of segments, are others than those of a new one.
  convenience init(after count: Int) {
    self.init()
    for _ in 0..<count * 1000 { _ = random() }
  }
}
