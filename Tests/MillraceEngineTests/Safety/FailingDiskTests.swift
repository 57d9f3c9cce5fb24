import Millrace
import Testing

@testable import MillraceStore

/// A disk that fails at any call of a small program, or loses its power there.
@Suite(.timeLimit(.minutes(10))) struct FailingDiskTests {
  typealias Fault = SimulatedDisk.Fault

  /// The calls of a workload that nothing happens to, of which the same are made up to a fault.
  private static func calls(of workload: StoreWorkload) -> [SimulatedDisk.Call] {
    let disk = SimulatedDisk()
    #expect(workload.run(on: disk).error == nil)
    return disk.calls
  }

  @Test(arguments: [SyncPolicy.batched, .every, .none], [Fault.Kind.noSpace, .failure, .short])
  func `after an error at any call nothing durable is lost and nothing is wrong`(
    policy: SyncPolicy, kind: Fault.Kind
  ) {
    let workload = StoreWorkload(policy: policy)
    var failures = 0
    for (at, call) in Self.calls(of: workload).enumerated() where kind.strikes(call) {
      for isLasting in [false, true] {
        let fault = Fault(kind: kind, at: at, isLasting: isLasting)
        let disk = SimulatedDisk()
        disk.fail(fault)
        let report = workload.run(on: disk)
        guard disk.hasFailed else { continue }
        if report.error != nil { failures += 1 }
        // The process ended, or the machine with it.
        let cut = SimulatedDisk.PowerCut.allCases[at % SimulatedDisk.PowerCut.allCases.count]
        for disk in [disk.afterDeath(), disk.after(cut, seed: at)] {
          let problems = workload.check(disk, after: report)
          #expect(problems.isEmpty, "\(policy): \(fault), then \(cut)")
        }
      }
    }
    #expect(failures > 10, "calls that fail must be noticed")
  }

  @Test(arguments: [SyncPolicy.batched, .every, .none])
  func `a power cut at any call loses nothing durable and makes nothing wrong`(policy: SyncPolicy) {
    let workload = StoreWorkload(policy: policy)
    var durable: Set<Int> = []
    for (at, call) in Self.calls(of: workload).enumerated() {
      for kind in [Fault.Kind.death, .deathInside] where kind.strikes(call) {
        let fault = Fault(kind: kind, at: at)
        let disk = SimulatedDisk()
        disk.fail(fault)
        let report = workload.run(on: disk)
        guard disk.hasFailed else { continue }
        durable.insert(report.durable.count)
        // The dead process threw, which is none of the store's errors.
        let seen = StoreWorkload.Report(durable: report.durable)
        for cut in SimulatedDisk.PowerCut.allCases {
          let problems = workload.check(disk.after(cut, seed: at), after: seen)
          #expect(problems.isEmpty, "\(policy): \(fault), then \(cut)")
        }
      }
    }
    #expect(durable.count >= (policy == .none ? 1 : 3), "the program must be cut everywhere")
  }

  @Test(arguments: [SyncPolicy.batched, .none], Fault.Kind.allCases)
  func `a fault at any call of a store that writes snapshots does no harm either`(
    policy: SyncPolicy, kind: Fault.Kind
  ) {
    let workload = StoreWorkload(policy: policy, writesSnapshots: true)
    let whole = SimulatedDisk()
    #expect(workload.run(on: whole).error == nil)
    #expect(whole.files.keys.count { $0.hasPrefix("/store/index/") } == 1)
    var unwritten = 0
    for (at, call) in whole.calls.enumerated() where kind.strikes(call) {
      let fault = Fault(kind: kind, at: at, isLasting: at % 2 == 1)
      let disk = SimulatedDisk()
      disk.fail(fault)
      let report = workload.run(on: disk)
      guard disk.hasFailed else { continue }
      unwritten += report.warnings.count { $0.code == .unwrittenIndex }
      let isDead = kind == .death || kind == .deathInside
      let seen = isDead ? StoreWorkload.Report(durable: report.durable) : report
      let cut = SimulatedDisk.PowerCut.allCases[at % SimulatedDisk.PowerCut.allCases.count]
      for disk in [disk.afterDeath(), disk.after(cut, seed: at)] {
        let problems = workload.check(disk, after: seen)
        #expect(problems.isEmpty, "\(policy): \(fault), then \(cut)")
      }
    }
    #expect(unwritten > 0, "snapshots must fail to be written, too")
  }

  @Test func `the whole work is safe once it has been closed`() {
    for cut in SimulatedDisk.PowerCut.allCases {
      let disk = SimulatedDisk()
      let workload = StoreWorkload(policy: .batched)
      let report = workload.run(on: disk)
      #expect(report.durable.count == 8)
      #expect(workload.check(disk.after(cut, seed: 1), after: report).isEmpty, "\(cut)")
    }
  }

  @Test func `bytes that another process did not sync are synced with the first record of them`() {
    let disk = SimulatedDisk()
    #expect(StoreWorkload(policy: .none).run(on: disk).error == nil)
    // Its records are lost, its objects are still in the system's memory.
    disk.erase("/store/log")
    let workload = StoreWorkload(policy: .batched)
    let report = workload.run(on: disk)
    #expect(report.durable.count == 8)
    for cut in SimulatedDisk.PowerCut.allCases {
      #expect(workload.check(disk.after(cut, seed: 2), after: report).isEmpty, "\(cut)")
    }
  }

  /// The store names objects when many wait, in the middle of saving another.
  @Test func `objects that are lost while another is saved are not recorded`() throws {
    func bytes(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: 20) }
    func key(_ number: Int) -> Key { Key(.sha256(bytes(number))) }
    let facts = ArtifactFacts(codec: "bytes/1", encodedParts: [0xa0], task: "T", node: "n")
    let workload = StoreWorkload(policy: .batched)
    var count = Int.max
    var (at, failures) = (0, 0)
    while at < count {
      let disk = SimulatedDisk()
      let store = try workload.open(disk)
      disk.fail(at == 0 ? nil : Fault(kind: .failure, at: at))
      var saved: [Int] = []
      for number in 0..<50 {
        let isSaved = bytes(number).withUnsafeBytes { bytes in
          (try? store.save(bytes, for: key(number), facts: facts)) != nil
        }
        if isSaved { saved.append(number) }
      }
      let isFlushed = (try? store.flush()) != nil
      if at == 0 { count = disk.calls.count }
      if disk.hasFailed, !isFlushed { failures += 1 }
      let reopened = try workload.open(disk.after(.nothing, seed: 0))
      for number in 0..<50 {
        let record = reopened.find(key(number))
        if isFlushed, saved.contains(number) {
          #expect(record != nil, "\(number) after a failure at call \(at)")
        }
        guard let record else { continue }
        let value = try? reopened.load(record)
        #expect(value == bytes(number), "\(number) after a failure at call \(at)")
      }
      // The first calls are those of one object after the other.
      at += at < 140 ? 20 : 3
    }
    #expect(failures > 50, "a lost batch must be noticed by whoever flushes")
  }

  @Test func `a disk that takes a few bytes at a time is slow and nothing else`() {
    let workload = StoreWorkload(policy: .every)
    let disk = SimulatedDisk()
    disk.setTrickle()
    let report = workload.run(on: disk)
    #expect(report.error == nil && report.durable.count == 8)
    #expect(workload.check(disk.after(.nothing, seed: 0), after: report).isEmpty)
  }

  @Test func `a store on a disk for reading can be read and says that it cannot be written`() throws
  {
    let disk = SimulatedDisk()
    let workload = StoreWorkload(policy: .batched)
    let report = workload.run(on: disk)
    #expect(report.durable.count == 8)
    let fixed = disk.afterDeath()
    fixed.setReadOnly()
    let store = try workload.open(fixed)
    #expect(store.isReadOnly && store.warnings.isEmpty)
    for binding in store.names() { #expect(try !store.load(binding).isEmpty) }
    #expect(store.names().count == 8)
    let record = try #require(store.find(store.names()[0].key))
    let failure = #expect(throws: StoreFailure.self) { try store.bind("other", to: record) }
    #expect(failure?.code == .readOnly)
    #expect(fixed.files == disk.files)
  }

  @Test func `a disk that is only readable from now on is an error with advice`() throws {
    let disk = SimulatedDisk()
    let workload = StoreWorkload(policy: .batched)
    let store = try workload.open(disk)
    disk.setReadOnly()
    let facts = ArtifactFacts(codec: "bytes/1", encodedParts: [0xa0], task: "T", node: "n")
    let bytes = [UInt8](repeating: 1, count: 3)
    let failure = #expect(throws: StoreFailure.self) {
      try bytes.withUnsafeBytes { try store.save($0, for: Key(.sha256([1])), facts: facts) }
    }
    #expect(failure?.code == .unwritable)
    #expect(failure?.description.contains("Read-only file system") == true)
  }
}
