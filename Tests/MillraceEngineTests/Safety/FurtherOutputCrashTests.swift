import Millrace
import MillraceTesting
import Testing

@testable import MillraceStore

/// No crash, failing disk or power cut shows a node as done without what it made besides.
@Suite(.timeLimit(.minutes(10))) struct FurtherOutputCrashTests {
  typealias Fault = SimulatedDisk.Fault

  /// Values of more than four bytes are objects.
  private let outputs = ["large": Array("0123456789".utf8), "small": Array("ab".utf8)]

  private func run(
    on disk: SimulatedDisk, _ policy: SyncPolicy
  ) async throws -> (executed: [String], hits: [String], store: ArtifactStore) {
    let store = try FailingDiskRunTests.open(disk, policy: policy)
    let outputs = outputs
    let made = node("made") { _, context in
      for (name, bytes) in outputs { try context.artifacts.save(bytes, as: name) }
      return 1
    }
    let next = node("next", [made])
    let result = try await Graph(leaves: [next.erased]).run(in: store).get()
    try store.close()
    return (result.executedNames, result.hitNames, store)
  }

  /// Runs again on a disk that works, and looks for what must be there now.
  private func goOn(on disk: SimulatedDisk, _ policy: SyncPolicy, _ comment: Comment) async throws {
    let before = try FailingDiskRunTests.open(disk, policy: policy)
    let found = before.resolve("graph/made")
    for (name, bytes) in outputs where found != nil {
      // Without syncs anything may be lost at a power cut, and then it is no hit.
      guard let binding = before.resolve("graph/made::\(name)"),
        let loaded = try? before.load(binding)
      else {
        #expect(policy == .none, comment)
        continue
      }
      #expect(loaded == bytes, comment)
    }
    try before.close()
    let again = try await run(on: disk, policy)
    #expect(again.executed.count + again.hits.count == 2, comment)
    let reader = try FailingDiskRunTests.open(disk, policy: policy)
    for (name, bytes) in outputs {
      let binding = try #require(reader.resolve("graph/made::\(name)"), comment)
      #expect(try reader.load(binding) == bytes, comment)
    }
    try reader.close()
    #expect(try await run(on: disk, policy).hits.count == 2, comment)
  }

  private func calls(_ policy: SyncPolicy) async throws -> [SimulatedDisk.Call] {
    let disk = SimulatedDisk()
    _ = try await run(on: disk, policy)
    return disk.calls
  }

  @Test(arguments: [SyncPolicy.batched, .every, .none])
  func `a power cut at any call leaves a whole hit or a miss`(policy: SyncPolicy) async throws {
    var cuts = 0
    for (at, call) in try await calls(policy).enumerated() {
      for kind in [Fault.Kind.death, .deathInside] where kind.strikes(call) {
        let fault = Fault(kind: kind, at: at)
        let disk = SimulatedDisk()
        disk.fail(fault)
        _ = try? await run(on: disk, policy)
        guard disk.hasFailed else { continue }
        for cut in SimulatedDisk.PowerCut.allCases {
          cuts += 1
          try await goOn(on: disk.after(cut, seed: at), policy, "\(policy): \(fault), then \(cut)")
        }
        try await goOn(on: disk.afterDeath(), policy, "\(policy): \(fault)")
      }
    }
    #expect(cuts > 20, "there must be calls to cut")
  }

  @Test(arguments: [Fault.Kind.noSpace, .failure, .short])
  func `a failing disk leaves a whole hit or a miss`(kind: Fault.Kind) async throws {
    for (at, call) in try await calls(.batched).enumerated() where kind.strikes(call) {
      for isLasting in [false, true] {
        let fault = Fault(kind: kind, at: at, isLasting: isLasting)
        let disk = SimulatedDisk()
        disk.fail(fault)
        _ = try? await run(on: disk, .batched)
        guard disk.hasFailed else { continue }
        try await goOn(on: disk.afterDeath(), .batched, "\(fault)")
      }
    }
  }
}
