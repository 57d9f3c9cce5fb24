import Foundation
import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceStore

/// Clean-ups beside pipelines that go on, and clean-ups that are killed.
@Suite(.timeLimit(.minutes(10))) struct CleaningSafetyTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("store") }

  init() throws { folder = try TemporaryFolder() }

  /// Records runs of which each takes the names of the one before.
  private func fill(_ path: String, runs: Int = 3) throws {
    for run in 0..<runs {
      let store = try ArtifactStore.open(at: path)
      let id = store.makeRunID()
      try store.beginRun(id, pipeline: "p")
      for node in 0..<4 {
        try save(UInt8(16 * run + node), as: "n\(node)", isLarge: node % 2 == 0, in: id, store)
      }
      try store.endRun(id, status: .succeeded, counts: RunCounts(nodes: 4, executed: 4))
      try store.close()
    }
  }

  private func save(
    _ byte: UInt8, as node: String, isLarge: Bool, in run: RunID, _ store: ArtifactStore
  ) throws {
    let bytes = [UInt8](repeating: byte, count: isLarge ? 20_000 : 100)
    var facts = ArtifactFacts(
      codec: "bytes/1", encodedParts: [0xa0], task: "t", node: node, run: run)
    facts.pipeline = "p"
    _ = try bytes.withUnsafeBytes { try store.save($0, for: Key(.sha256([byte])), facts: facts) }
  }

  private func expectWhole(_ path: String, _ comment: Comment) throws {
    let store = try ArtifactStore.open(at: path, readOnly: true)
    let names = store.names()
    #expect(names.map(\.name) == (0..<4).map { "p/n\($0)" }, comment)
    for (node, binding) in names.enumerated() {
      #expect(try store.load(binding).first == UInt8(16 * 2 + node), comment)
    }
    #expect(try store.verify().problems.allSatisfy { $0.warning.code == .tornTail }, comment)
  }

  @Test func `a clean-up that is killed at any call loses nothing, and the next one ends its work`()
    throws
  {
    try fill(path)
    func copy(_ name: String) throws -> String {
      try FileManager.default.copyItem(atPath: path, toPath: folder.path(name))
      return folder.path(name)
    }
    let model = try WriterProcess(["gc", copy("model"), "batched", "never"])
    let lines = model.lines()
    #expect(model.wait() == .exited(0))
    let count = try #require(lines.after("done").first.flatMap { Int($0) })
    #expect(count > 10)
    var deaths = 0
    for at in 0..<count {
      for death in ["before", "inside"] where death == "before" || at % 2 == 0 {
        let name = "\(death)\(at)"
        let path = try copy(name)
        let killed = try WriterProcess(["gc", path, "batched", "\(death):\(at)"])
        _ = killed.lines()
        if killed.wait() == .signalled(SIGKILL) { deaths += 1 }
        try expectWhole(path, "\(death):\(at)")
        try ArtifactStore.open(at: path).collectGarbage(RetentionPolicy(keepLast: 1))
        let store = try ArtifactStore.open(at: path, readOnly: true)
        try expectWhole(path, "cleaned up after \(death):\(at)")
        #expect(store.runs().count == 1 && store.find(Key(.sha256([1]))) == nil)
        let report = try store.verify()
        #expect(report.problems.isEmpty && report.objects == 2)
        #expect(report.unreferenced == StoreTally() && report.leftovers == StoreTally())
        try folder.remove(name)
      }
    }
    #expect(deaths >= count)
  }

  /// A storage that does something between an object being there and its record being appended.
  private struct Window: BlobStorage {
    var base: any BlobStorage
    var action: @Sendable () -> Void

    func put(_ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool) throws {
      try base.put(bytes, as: digest, replacing: replacing)
      try base.publish(durably: false)
      action()
    }
    func publish(durably: Bool) throws { try base.publish(durably: durably) }
    func get(_ digest: Digest) throws -> [UInt8]? { try base.get(digest) }
    func read(_ digest: Digest, range: Range<Int>) throws -> [UInt8]? {
      try base.read(digest, range: range)
    }
    func size(of digest: Digest) throws -> Int? { try base.size(of: digest) }
    func list() throws -> [Digest] { try base.list() }
    func delete(_ digest: Digest) throws { try base.delete(digest) }
  }

  /// Whether a clean-up could begin: nobody holds the lock.
  private static func isUnlocked(_ path: String) throws -> Bool {
    let disk = SystemDisk()
    let file = try disk.openToLock("\(path)/lock")
    defer { disk.closeFile(file) }
    return flock(file, LOCK_EX | LOCK_NB) == 0
  }

  @Test func `between object and record no clean-up begins, with one that tries all the time`()
    async throws
  {
    try fill(path)
    let cleaner = try WriterProcess(["gc", path, "batched", "never", "--rounds", "1000000"])
    let windows = Mutex(0)
    let store = try {
      var storage = try Storage.disk(at: path)
      let path = path
      storage.blobs = Window(base: storage.blobs) {
        windows.withLock { $0 += 1 }
        // Held or not, the cleaner is given what time it takes to start the process's next thread.
        for _ in 0..<20 {
          let isUnlocked = try? Self.isUnlocked(path)
          #expect(isUnlocked == false)
          sched_yield()
        }
      }
      return try ArtifactStore(storage: storage)
    }()
    let run = store.makeRunID()
    try store.beginRun(run, pipeline: "other")
    for round in 0..<300 {
      // The object of every other one is there already.
      let byte = UInt8(200 + round / 2 % 4)
      try save(byte, as: "kept\(round % 8)", isLarge: true, in: run, store)
      try store.flush()
      let record = try #require(store.find(Key(.sha256([byte]))))
      #expect(try store.load(record).first == byte)
      // A clean-up has ended since the window before, or at least one that is on its way.
      #expect(cleaner.line() != nil)
    }
    cleaner.kill()
    #expect(windows.withLock { $0 } == 300)
    try store.close()
    #expect(store.warnings.isEmpty)
    try expectSound(names: 12)
  }

  /// Ends the work of a clean-up that was killed, and verifies all.
  private func expectSound(names: Int) throws {
    let store = try ArtifactStore.open(at: path)
    try store.collectGarbage()
    #expect(try store.verify().problems.isEmpty)
    #expect(store.names().count == names)
    for name in store.names() { #expect(try !store.load(name).isEmpty) }
  }

  @Test(arguments: BackendKind.all)
  func `pipelines go on while another process cleans up all the time`(
    kind: BackendKind
  ) async throws {
    try fill(path, runs: 1)
    let cleaner = try WriterProcess(["gc", path, "batched", "never", "--rounds", "1000000"])
    for version in 0..<100 {
      // Every third run is of a version that ran before: its results may be there or not.
      let list = Self.graph(version: version % 3 == 2 ? version - 2 : version).1
      // One node always runs, and needs what was found.
      let count = $counted(list, salt: version).named("count")
      let result = try await Graph { count }.run(
        on: kind.backend, in: ArtifactStore.open(at: path))
      #expect(result.status == .succeeded)
      #expect(try result.value(of: count) == 8000)
      #expect(cleaner.line() != nil)
    }
    cleaner.kill()
    try expectSound(names: 4 + 8)
  }

  private static func graph(version: Int) -> (Graph, Node<[Int]>) {
    let parts = (0..<6).map { $piece($0, of: version).named("piece\($0)") }
    let last = $joined(parts).named("joined")
    return (Graph { last }, last)
  }

  /// Which results a clean-up removes between a plan and its run.
  enum Size: CaseIterable { case inline, object }

  @Test(arguments: BackendKind.all, Size.allCases)
  func `a hit that is removed between plan and run is computed again`(
    kind: BackendKind, size: Size
  ) async throws {
    var options = StoreOptions()
    options.inlineLimit = size == .inline ? 1 << 20 : 0
    let store = try ArtifactStore(storage: .disk(at: path), options: options)
    func run(_ version: Int) async throws {
      _ = try await Self.graph(version: version).0.run(on: kind.backend, in: store)
    }
    try await run(1)
    try await run(2)
    try store.close()
    // What is new needs a value that was found when the run was planned.
    let count = $counted(Self.graph(version: 1).1, salt: 0).named("count")
    let plan = try await Graph { count }.plan(on: kind.backend, in: store)
    #expect(plan.nodes.filter { $0.state == .hit }.map(\.name).contains("joined"))
    let report = try ArtifactStore.open(at: path).collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(report.shares.first?.results == 7)
    let result = try await plan.run()
    #expect(result.status == .succeeded)
    #expect(try result.value(of: count) == 8000)
    #expect(result.executedNames.contains("joined") == (size == .object))
    try store.close()
    let after = try ArtifactStore.open(at: path)
    #expect(try after.verify().problems.isEmpty)
    #expect(try after.load(#require(after.resolve("graph/count"))).count < 10)
    #expect(store.warnings.isEmpty)
  }
}

@Task private func piece(_ number: Int, of version: Int) -> [Int] {
  Array(repeating: version, count: number % 2 == 0 ? 8000 : number)
}

@Task private func counted(_ list: [Int], salt: Int) -> Int { list.count }

@Task private func joined(_ parts: [[Int]]) -> [Int] { parts[0] }
