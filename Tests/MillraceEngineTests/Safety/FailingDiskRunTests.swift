import Millrace
import MillraceTesting
import Testing

@testable import MillraceStore

/// Runs of a small graph on a disk that fails at any call, loses its power, or spoils its files.
@Suite(.timeLimit(.minutes(10))) struct FailingDiskRunTests {
  typealias Fault = SimulatedDisk.Fault

  /// Values of more than four bytes are objects.
  static func open(
    _ disk: SimulatedDisk, policy: SyncPolicy = .batched
  ) throws -> ArtifactStore {
    var options = StoreOptions()
    options.inlineLimit = 4
    options.syncPolicy = policy
    options.schedule = { _, _ in }
    return try ArtifactStore(storage: .disk(at: "/store", on: disk), options: options)
  }

  /// How a run ended.
  private struct Ending {
    var value: Int?
    var error: (any Error)?
    /// The nodes that ran or were hits, in order.
    var executed: [String] = []
    var hits: [String] = []
    var warnings: [StoreWarning] = []
  }

  static let value = 8

  /// Runs five nodes, the last of which takes the values of all others.
  ///
  /// - Parameter version: Of the last node.
  private func run(
    on disk: SimulatedDisk, policy: SyncPolicy = .batched, version: Int = 1
  ) async -> Ending {
    let a = node("a")
    let b = node("b", [a]) { inputs, _ in inputs[0] + 100_000 }
    let c = node("c", [a])
    let d = node("d", [b, c])
    // 1 + 100001 + 2 + 100004: each counts. The result is small, so that `b` and `d` are the objects.
    let e = node("e", [a, b, c, d], TaskAttributes(version: version)) { inputs, _ in
      inputs.reduce(0, +) - 200_000
    }
    var ending = Ending()
    let events = EventRecorder()
    do {
      let store = try Self.open(disk, policy: policy)
      do {
        let result = try await Graph(leaves: [e.erased]).run(
          on: .local, in: store,
          options: .with {
            $0.keepingValues = [e.erased]
            $0.observers = [events]
          })
        try result.get()
        ending.value = try result.value(of: e)
        try store.close()
        // What is said of runs is read when somebody asks for it.
        for run in store.runs() { _ = try? store.listing(of: run.id) }
      } catch {
        ending.error = error
      }
      ending.warnings = store.warnings
    } catch {
      ending.error = error
    }
    for case .nodeFinished(let report) in events.events {
      if report.state == .executed { ending.executed.append(report.name) }
      if report.state == .hit { ending.hits.append(report.name) }
    }
    return ending
  }

  /// The calls of a run that nothing happens to.
  private func calls(_ policy: SyncPolicy) async -> [SimulatedDisk.Call] {
    let disk = SimulatedDisk()
    #expect(await run(on: disk, policy: policy).value == Self.value)
    return disk.calls
  }

  /// Runs again on a disk that works.
  ///
  /// - Parameter durable: The nodes that must not run again.
  private func goOn(
    on disk: SimulatedDisk, policy: SyncPolicy, durable: [String], _ comment: Comment
  ) async {
    let next = await run(on: disk, policy: policy)
    #expect(next.value == Self.value, comment)
    #expect(next.error == nil, comment)
    #expect(Set(next.executed).isDisjoint(with: durable), comment)
    let last = await run(on: disk, policy: policy)
    #expect(last.value == Self.value && last.executed.isEmpty && last.hits.count == 5, comment)
  }

  @Test(arguments: [SyncPolicy.batched, .every], [Fault.Kind.noSpace, .failure, .short])
  func `a run ends with a clear error or well, and the next one goes on`(
    policy: SyncPolicy, kind: Fault.Kind
  ) async {
    var failures = 0
    for (at, call) in await calls(policy).enumerated() where kind.strikes(call) {
      for isLasting in [false, true] {
        let fault = Fault(kind: kind, at: at, isLasting: isLasting)
        let disk = SimulatedDisk()
        disk.fail(fault)
        let ending = await run(on: disk, policy: policy)
        guard disk.hasFailed else { continue }
        if let error = ending.error {
          failures += 1
          #expect(error is PipelineError || error is StoreFailure, "\(fault): \(error)")
          #expect("\(error)".contains("; "), "\(fault) gives no advice: \(error)")
        } else {
          #expect(ending.value == Self.value, "\(fault)")
        }
        // What a run did not throw for is safe, and with `.every` each node by itself.
        let durable = policy == .every || ending.error == nil ? ending.executed : []
        let cut = SimulatedDisk.PowerCut.allCases[at % SimulatedDisk.PowerCut.allCases.count]
        await goOn(on: disk.afterDeath(), policy: policy, durable: durable, "\(fault)")
        await goOn(
          on: disk.after(cut, seed: at), policy: policy, durable: durable, "\(fault), then \(cut)")
      }
    }
    #expect(failures > 5, "calls that fail must be noticed")
  }

  @Test(arguments: [SyncPolicy.batched, .every, .none])
  func `a power cut at any call costs nothing that was durable`(policy: SyncPolicy) async {
    for (at, call) in await calls(policy).enumerated() {
      for kind in [Fault.Kind.death, .deathInside] where kind.strikes(call) {
        let fault = Fault(kind: kind, at: at)
        let disk = SimulatedDisk()
        disk.fail(fault)
        let ending = await run(on: disk, policy: policy)
        guard disk.hasFailed else { continue }
        let durable = policy == .every ? ending.executed : []
        // `FailingDiskTests` has every cut at every call.
        let cuts = SimulatedDisk.PowerCut.allCases
        for cut in [cuts[at % cuts.count], cuts[(at + 2) % cuts.count]] {
          await goOn(
            on: disk.after(cut, seed: at), policy: policy, durable: durable, "\(fault), then \(cut)"
          )
        }
      }
    }
  }

  // MARK: Damage

  /// Runs with a new version of the last node, which takes the values of all others.
  ///
  /// - Parameter path: The file that was damaged.
  private func runOnDamaged(
    _ disk: SimulatedDisk, _ path: String, isNoticed: Bool = true, runsAgain: Bool = true,
    _ comment: Comment
  ) async {
    let ending = await run(on: disk, version: 2)
    #expect(ending.value == Self.value, comment)
    #expect(ending.error == nil, comment)
    if isNoticed {
      // What and where.
      let file = String(path.dropFirst("/store/".count))
      let warning = ending.warnings.first { $0.file == file }
      #expect(warning != nil, comment)
      if path.hasSuffix(".log") { #expect(warning?.offset != nil, comment) }
    }
    guard runsAgain else { return }
    let last = await run(on: disk, version: 2)
    #expect(last.value == Self.value && last.executed.isEmpty, comment)
  }

  private func filledDisk() async -> SimulatedDisk {
    let disk = SimulatedDisk()
    #expect(await run(on: disk).value == Self.value)
    #expect(disk.files.count >= 5, "the format, the lock, a segment and objects")
    return disk
  }

  @Test func `any byte flipped is a warning and a run with the right value`() async {
    let patterns: [UInt8] = [0x01, 0x80, 0xff]
    let disk = await filledDisk()
    for (path, bytes) in disk.files {
      for place in bytes.indices {
        let damaged = disk.afterDeath()
        var other = bytes
        other[place] ^= patterns[place % 3]
        damaged.overwrite(path, with: other)
        await runOnDamaged(damaged, path, runsAgain: place % 5 == 0, "\(path) at \(place)")
      }
    }
  }

  @Test func `any file cut short is a warning and a run with the right value`() async {
    let disk = await filledDisk()
    for (path, bytes) in disk.files {
      // Each length in turn for small files; of segments, which `DamageTests` cuts anywhere, some.
      for count in stride(from: 0, to: bytes.count, by: bytes.count > 100 ? 11 : 1) {
        let damaged = disk.afterDeath()
        damaged.overwrite(path, with: Array(bytes.prefix(count)))
        // The first line of the format says all.
        let isNoticed = !(path.hasSuffix("/format") && count == 17)
        await runOnDamaged(damaged, path, isNoticed: isNoticed, "\(path) of \(count) bytes")
      }
    }
  }

  @Test func `any file or folder removed is a run with the right value`() async {
    let disk = await filledDisk()
    var folders = ["/store", "/store/log", "/store/objects", "/store/objects/tmp"]
    for path in disk.files.keys {
      folders.append(SimulatedDisk.parent(of: path))
      let damaged = disk.afterDeath()
      damaged.erase(path)
      // A segment that is gone leaves no trace, and the lock is made when it is needed.
      let isNoticed = !path.hasSuffix(".log") && !path.hasSuffix("/lock")
      await runOnDamaged(damaged, path, isNoticed: isNoticed, "\(path) removed")
    }
    for folder in Set(folders) {
      let damaged = disk.afterDeath()
      damaged.erase(folder)
      await runOnDamaged(damaged, folder, isNoticed: false, "\(folder) removed")
    }
  }
}
