import Millrace
import MillraceTesting
import Testing

@testable import MillraceStore

@Task private func flipped(_ bytes: [UInt8], step: Int) -> [UInt8] {
  bytes.map { $0 ^ UInt8(1 << step) }
}

/// Results that are objects, and how seldom they are read.
@Suite(.timeLimit(.minutes(10))) struct LargeValueTests {
  private static let size = 50_000

  private static func chain() -> [Node<[UInt8]>] {
    var nodes = [$flipped([UInt8](repeating: 0, count: size), step: 0)]
    for step in 1..<4 { nodes.append($flipped(nodes[step - 1], step: step)) }
    return nodes
  }

  private static let last = [UInt8](repeating: 0b1111, count: size)

  @Test(arguments: BackendKind.all)
  func `a run that finds everything done reads no byte of any artifact`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let cold = try await Graph(leaves: [Self.chain()[3].erased]).run(
      on: kind.backend, in: counter.open())
    #expect(cold.executed == 4 && counter.reads == 0)
    let writes = counter.writes
    let store = try counter.open()
    let warm = try await Graph(leaves: [Self.chain()[3].erased]).run(
      on: kind.backend, in: store)
    try store.close()
    #expect(warm.executed == 0 && warm.hits == 4 && warm.status == .succeeded)
    #expect(counter.reads == 0 && counter.writes == writes)
  }

  @Test(arguments: BackendKind.all)
  func `a value that is asked for is read once, and no other`(kind: BackendKind) async throws {
    let counter = StorageCounter()
    try await Graph(leaves: [Self.chain()[3].erased]).run(on: kind.backend, in: counter.open())
    let nodes = Self.chain()
    let warm = try await Graph(leaves: nodes.map(\.erased)).run(
      on: kind.backend, in: counter.open(),
      options: .with { $0.keepingValues = [nodes[3].erased] })
    #expect(warm.executed == 0)
    #expect(counter.reads == 1)
    for _ in 0..<2 { #expect(try warm.value(of: nodes[3]) == Self.last) }
    #expect(counter.reads == 1, "it was kept")
    #expect(try warm.value(of: nodes[0]) == [UInt8](repeating: 1, count: Self.size))
    #expect(counter.reads == 2, "it was not")
  }

  @Test func `whether an object is there is asked without reading it`() throws {
    let disk = SimulatedDisk()
    let storage = try Storage.disk(at: "/store", on: disk)
    let digest = try Self.last.withUnsafeBytes {
      try storage.blobs.put(hashing: $0, syncing: true) { _ in false }
    }
    try storage.blobs.publish(durably: true)
    disk.fail(nil)
    #expect(try storage.blobs.size(of: digest) == Self.size)
    #expect(disk.calls == [.openToRead, .status])
  }

  /// The store has a helper that comes at once, so that calls are in one order.
  @Test(
    arguments: [SyncPolicy.batched, .every, .none], [SimulatedDisk.Fault.Kind.noSpace, .failure])
  func `a run whose large results cannot be written or synced ends with a clear error`(
    policy: SyncPolicy, kind: SimulatedDisk.Fault.Kind
  ) async throws {
    func open(_ disk: SimulatedDisk) throws -> ArtifactStore {
      var options = StoreOptions()
      options.syncPolicy = policy
      options.schedule = { _, _ in }
      let helpers = HeldHelper(.prompt).helpers
      return try ArtifactStore(
        storage: .disk(at: "/store", on: disk, helpers: helpers), options: options)
    }
    /// The value, and whatever the run or closing threw.
    func run(on disk: SimulatedDisk) async -> Result<[UInt8], any Error> {
      do {
        let (store, nodes) = (try open(disk), Self.chain())
        let result = try await Graph(leaves: [nodes[3].erased]).run(
          on: .local, in: store, options: .with { $0.keepingValues = [nodes[3].erased] })
        let value = try result.get().value(of: nodes[3])
        try store.close()
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    let whole = SimulatedDisk()
    _ = try open(whole)
    let first = whole.calls.count
    #expect(try await run(on: whole).get() == Self.last)
    var failures = 0
    for at in first..<whole.calls.count {
      let disk = SimulatedDisk()
      _ = try open(disk)
      disk.fail(.init(kind: kind, at: at - first, isLasting: at % 2 == 0))
      switch await run(on: disk) {
      case .success(let value): #expect(value == Self.last)
      case .failure(let error):
        failures += 1
        #expect(error is PipelineError || error is StoreFailure, "call \(at): \(error)")
        #expect("\(error)".contains("; "), "call \(at) gives no advice: \(error)")
      }
      for disk in [disk.afterDeath(), disk.after(.mixed, seed: at)] {
        #expect(try await run(on: disk).get() == Self.last, "after call \(at)")
      }
    }
    #expect(failures > 5, "calls that fail must be noticed")
  }
}
