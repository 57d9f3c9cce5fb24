import Millrace
import Testing

@testable import MillraceStore

/// Two processes on one disk, of which one does all its work between two calls of the other.
@Suite(.timeLimit(.minutes(10))) struct InterleavingTests {
  @Test(arguments: [SyncPolicy.batched, .every])
  func `what another process does at any call is neither lost nor in the way`(
    policy: SyncPolicy
  ) {
    let workload = StoreWorkload(policy: policy)
    var at = 0
    while true {
      let disk = SimulatedDisk()
      disk.interrupt(at: at) { _ = workload.run(on: disk) }
      let report = workload.run(on: disk)
      if disk.awaitsInterruption { break }
      #expect(report.error == nil && report.warnings.isEmpty, "interrupted at call \(at)")
      // What the one reported is safe even if it is the other's work, and was never synced by him.
      for cut in [SimulatedDisk.PowerCut.nothing, .everything] {
        let problems = workload.check(disk.after(cut, seed: at), after: report)
        #expect(problems.isEmpty, "interrupted at call \(at), then \(cut)")
      }
      at += 1
    }
    #expect(at > 50)
  }

  @Test func `what a process that never syncs leaves is made safe by who builds on it`() {
    let workload = StoreWorkload(policy: .batched)
    var at = 0
    while true {
      let disk = SimulatedDisk()
      disk.interrupt(at: at) { _ = StoreWorkload(policy: .none).run(on: disk) }
      let report = workload.run(on: disk)
      if disk.awaitsInterruption { break }
      for cut in [SimulatedDisk.PowerCut.nothing, .zeros] {
        let problems = StoreWorkload(policy: .none).check(disk.after(cut, seed: at), after: report)
        #expect(problems.isEmpty, "interrupted at call \(at), then \(cut)")
      }
      at += 1
    }
    #expect(at > 50)
  }

  @Test func `a record that is completed while it is read, at any call, is no warning`() throws {
    let workload = StoreWorkload(policy: .batched)
    let model = SimulatedDisk()
    #expect(workload.run(on: model).error == nil)
    // The larger segment, which was begun first and tells of no other.
    let segments = model.files.filter { $0.key.hasSuffix(".log") }
    let path = try #require(segments.max { $0.value.count < $1.value.count }?.key)
    let name = String(path.dropFirst("/store/log/".count).dropLast(".log".count))
    let bytes = try #require(model.files[path])
    let names = try workload.open(model).names().count

    var at = 0
    while true {
      let disk = SimulatedDisk()
      let segment = try Storage.disk(at: "/store", on: disk).logs.create(name)
      try bytes.withUnsafeBytes { bytes in
        try segment.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)))
      }
      disk.interrupt(at: at) {
        bytes.withUnsafeBytes { bytes in
          let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(bytes.count / 2))
          try? segment.append(rest)
        }
        try? segment.seal()
      }
      let store = try workload.open(disk)
      if disk.awaitsInterruption { break }
      #expect(store.warnings.isEmpty, "completed at call \(at)")
      try store.refresh()
      #expect(store.warnings.isEmpty && !store.names().isEmpty, "completed at call \(at)")
      #expect(store.names().count <= names)
      at += 1
    }
    #expect(at > 8)
  }
}
