import Millrace
import Testing

@testable import MillraceStore

/// Large blobs, which are written while they are hashed and synced while the next task runs: in every
/// order, on a disk that fails at any call.
@Suite(.timeLimit(.minutes(10))) struct OverlapTests {
  typealias Fault = SimulatedDisk.Fault

  private static let bytes = [UInt8](repeating: 7, count: 30)

  private static func put(_ bytes: [UInt8] = bytes, in storage: Storage) throws -> Digest {
    try bytes.withUnsafeBytes {
      try storage.blobs.put(hashing: $0, syncing: true) { _ in false }
    }
  }

  // MARK: Who does what

  @Test(arguments: HeldHelper.Kind.allCases)
  func `a helper writes without a digest and syncs, or else who needs it does`(
    kind: HeldHelper.Kind
  ) throws {
    let (disk, helper) = (SimulatedDisk(), HeldHelper(kind))
    let storage = try Storage.disk(at: "/store", on: disk, helpers: helper.helpers)
    disk.fail(nil)
    let digest = try Self.put(in: storage)
    #expect(helper.steps == 2)
    #expect(disk.calls == [.create, .write, .size] + (kind == .prompt ? [.sync] : []))
    disk.fail(nil)
    helper.come()
    #expect(disk.calls == (kind == .held ? [.sync] : []))
    disk.fail(nil)
    try storage.blobs.publish(durably: true)
    let calls: [SimulatedDisk.Call] = [.makeFolder, .rename, .remove, .syncFolder, .syncFolder]
    #expect(disk.calls == (kind == .absent ? [.sync] : []) + calls)
    let reopened = try Storage.disk(at: "/store", on: disk.after(.nothing, seed: 0))
    #expect(try reopened.blobs.get(digest) == Self.bytes)
  }

  @Test func `small blobs are nobody else's, and nothing is synced that need not be`() throws {
    let (disk, helper) = (SimulatedDisk(), HeldHelper(.prompt))
    let storage = try Storage.disk(at: "/store", on: disk, helpers: helper.helpers)
    disk.fail(nil)
    _ = try Self.put([1, 2, 3], in: storage)
    #expect(disk.calls == [.size, .create, .write])
    #expect(helper.steps == 0)
    _ = try Self.bytes.withUnsafeBytes {
      try storage.blobs.put(hashing: $0, syncing: false) { _ in false }
    }
    try storage.blobs.publish(durably: false)
    #expect(!disk.calls.contains(.sync))
  }

  @Test(arguments: HeldHelper.Kind.allCases)
  func `what is there already needs no room, and leaves no file`(kind: HeldHelper.Kind) throws {
    let disk = SimulatedDisk()
    let first = try Storage.disk(at: "/store", on: disk)
    let digest = try Self.put(in: first)
    try first.blobs.publish(durably: true)
    let storage = try Storage.disk(at: "/store", on: disk, helpers: HeldHelper(kind).helpers)
    let files = disk.files
    #expect(try Self.put(in: storage) == digest)
    #expect(disk.files == files)
    disk.fail(Fault(kind: .noSpace, at: 0, isLasting: true))
    #expect(try Self.put(in: storage) == digest)
    #expect(disk.hasFailed && disk.files == files)
    let failure = #expect(throws: StoreFailure.self) {
      try Self.put(Self.bytes + [1], in: storage)
    }
    #expect(failure?.code == .unwritable)
  }

  @Test func `a helper that comes too late finds nothing to do`() throws {
    let (disk, helper) = (SimulatedDisk(), HeldHelper(.held))
    do {
      let storage = try Storage.disk(at: "/store", on: disk, helpers: helper.helpers)
      _ = try Self.put(in: storage)
    }
    #expect(!disk.files.keys.contains { $0.hasPrefix("/store/objects/") })
    disk.fail(nil)
    helper.come()
    #expect(disk.calls.isEmpty)
  }

  @Test func `a sync that failed beside the work is thrown by this flush and every later`() throws {
    let disk = SimulatedDisk()
    let workload = StoreWorkload(policy: .batched, helpers: HeldHelper(.prompt).helpers)
    let store = try workload.open(disk)
    let facts = ArtifactFacts(codec: "bytes/1", encodedParts: [0xa0], task: "T", node: "n")
    func save(_ number: UInt8) throws {
      _ = try [UInt8](repeating: number, count: 30).withUnsafeBytes {
        try store.save($0, for: Key(.sha256([number])), facts: facts)
      }
    }
    try save(1)
    try store.flush()
    try save(2)
    // Behind creating, writing and looking for another.
    disk.fail(Fault(kind: .failure, at: 3))
    try save(3)
    #expect(disk.hasFailed && disk.calls.last == .sync)
    for _ in 0..<2 {
      let failure = #expect(throws: StoreFailure.self) { try store.flush() }
      #expect(failure?.code == .unwritable)
    }
    #expect(throws: StoreFailure.self) { try save(4) }
    let reopened = try workload.open(disk.after(.nothing, seed: 0))
    #expect(reopened.find(Key(.sha256([1]))) != nil)
    #expect(reopened.find(Key(.sha256([2]))) == nil && reopened.find(Key(.sha256([3]))) == nil)
  }

  // MARK: Every call

  @Test(arguments: [SyncPolicy.batched, .every, .none], Fault.Kind.allCases)
  func `a fault at any call, also of a helper, loses nothing durable and makes nothing wrong`(
    policy: SyncPolicy, kind: Fault.Kind
  ) {
    let workload = StoreWorkload(policy: policy, helpers: HeldHelper(.prompt).helpers)
    let whole = SimulatedDisk()
    #expect(workload.run(on: whole).error == nil)
    var failures = 0
    for at in 0..<whole.calls.count {
      let fault = Fault(kind: kind, at: at, isLasting: at % 2 == 1)
      let disk = SimulatedDisk()
      disk.fail(fault)
      let report = workload.run(on: disk)
      guard disk.hasFailed else { continue }
      if report.error != nil { failures += 1 }
      let isDead = kind == .death || kind == .deathInside
      let seen = isDead ? StoreWorkload.Report(durable: report.durable) : report
      let cut = SimulatedDisk.PowerCut.allCases[at % SimulatedDisk.PowerCut.allCases.count]
      for disk in [disk.afterDeath(), disk.after(cut, seed: at)] {
        let problems = workload.check(disk, after: seen)
        #expect(problems.isEmpty, "\(policy): \(fault), then \(cut)")
      }
    }
    #expect(failures > 10, "calls that fail must be noticed")
  }

  @Test(arguments: [SyncPolicy.batched, .every, .none], [nil, Fault.Kind.failure, .death])
  func `a helper may come before any call, and may fail there`(
    policy: SyncPolicy, kind: Fault.Kind?
  ) {
    var at = 0
    while true {
      let (disk, helper) = (SimulatedDisk(), HeldHelper(.held))
      let workload = StoreWorkload(policy: policy, helpers: helper.helpers)
      disk.fail(kind.map { Fault(kind: $0, at: at) })
      disk.interrupt(at: at) { helper.come() }
      let report = workload.run(on: disk)
      if disk.awaitsInterruption { break }
      if kind == nil {
        #expect(report.error == nil && report.warnings.isEmpty, "a helper at call \(at)")
        #expect(report.durable.count == (policy == .none ? 0 : 8))
      }
      let seen = kind == .death ? StoreWorkload.Report(durable: report.durable) : report
      for cut in [SimulatedDisk.PowerCut.nothing, .everything, .mixed] {
        let problems = workload.check(disk.after(cut, seed: at), after: seen)
        #expect(problems.isEmpty, "a helper at call \(at), then \(cut)")
      }
      at += 1
    }
    #expect(at > 50)
  }
}
