import MillraceCoding
import Testing

@testable import MillraceStore

@Suite struct LogWriterTests {
  private let fate = Fate()
  private let recorder = Recorder()
  private let large = [UInt8](repeating: 7, count: 100)

  private func openStore(
    _ policy: SyncPolicy = .batched, on storage: Storage = .memory()
  ) throws -> ArtifactStore {
    try ArtifactStore(
      storage: recorder.storage(on: storage), options: .decided(by: fate, policy: policy))
  }

  /// The recorded calls, appends without their sizes.
  private var events: [String] {
    recorder.events.map { event in
      switch event {
      case .append: "append"
      case .publish(let durably): durably ? "publish durably" : "publish"
      case .put: "put"
      case .beginSync: "begin sync"
      default: "\(event)"
      }
    }
  }

  @Test func `batched: bytes, then records, then one sync, under the lock`() throws {
    let store = try openStore()
    try store.save(large, for: .sample(1))
    try store.save([1], for: .sample(2))
    try store.save(large + [1], for: .sample(3))
    #expect(events == ["lock", "put", "create", "put"])
    try store.flush()
    #expect(events.dropFirst(4) == ["publish durably", "append", "sync", "unlock"])
  }

  @Test func `batched: small results take neither lock nor object`() throws {
    let store = try openStore()
    for number in 0..<100 as Range<UInt8> { try store.save([number], for: .sample(number)) }
    #expect(events == ["create"])
    try store.flush()
    #expect(events == ["create", "publish durably", "append", "sync"])
  }

  @Test func `batched: the timer writes what was forgotten`() throws {
    let store = try openStore()
    #expect(fate.scheduledCount == 0)
    try store.save([1], for: .sample(1))
    try store.save([2], for: .sample(2))
    #expect(fate.scheduledCount == 1)
    fate.fire()
    #expect(events == ["create", "publish durably", "append", "sync"])
    fate.fire()
    #expect(events.count == 4)
    try store.save([3], for: .sample(3))
    #expect(fate.scheduledCount == 1)
    _ = store
  }

  @Test func `batched: many records reach the kernel before the timer`() throws {
    let store = try openStore()
    var facts = ArtifactFacts.sample()
    facts.encodedParts = [UInt8](repeating: 0, count: 100_000)
    for number in 0..<12 as Range<UInt8> {
      try store.save([number], for: .sample(number), facts: facts)
    }
    #expect(events == ["create", "publish durably", "append", "begin sync"])
    try store.flush()
    #expect(events.dropFirst(4) == ["publish durably", "append", "sync"])
  }

  @Test func `batched: a flush that is announced waits for less, unless little waits`() throws {
    let store = try openStore()
    try store.save([1], for: .sample(1))
    try store.beginFlush()
    #expect(events == ["create"])
    var facts = ArtifactFacts.sample()
    facts.encodedParts = [UInt8](repeating: 0, count: 100_000)
    try store.save([2], for: .sample(2), facts: facts)
    try store.beginFlush()
    #expect(events == ["create", "publish durably", "append", "begin sync"])
    try store.flush()
    #expect(events.dropFirst(4) == ["publish durably", "sync"])
  }

  @Test func `none: nothing is begun that nobody waits for`() throws {
    let store = try openStore(.none)
    var facts = ArtifactFacts.sample()
    facts.encodedParts = [UInt8](repeating: 0, count: 100_000)
    try store.save([1], for: .sample(1), facts: facts)
    try store.beginFlush()
    #expect(events == ["create", "publish", "append"])
  }

  @Test func `every: each record is synced before the call returns`() throws {
    let store = try openStore(.every)
    try store.save(large, for: .sample(1))
    let expected = [
      "lock", "put", "create", "publish durably", "append", "sync", "unlock",
    ]
    #expect(events == expected)
    try store.save([1], for: .sample(2))
    #expect(events.dropFirst(7) == ["publish durably", "append", "sync"])
    #expect(fate.scheduledCount == 0)
  }

  @Test func `none: bytes still come before records, and nothing is synced`() throws {
    let store = try openStore(.none)
    try store.save(large, for: .sample(1))
    try store.flush()
    try store.close()
    #expect(
      events == [
        "lock", "put", "create", "publish", "append", "unlock", "publish", "append", "seal",
      ])
  }

  @Test func `closing ends the segment, and saving begins another`() throws {
    let store = try openStore()
    try store.save([1], for: .sample(1))
    try store.close()
    #expect(events.suffix(4) == ["publish durably", "append", "sync", "seal"])
    try store.save([2], for: .sample(2))
    try store.close()
    #expect(events.filter { $0 == "create" }.count == 2)
    // The second segment tells of the first, which no clean-up may remove meanwhile.
    #expect(events.filter { $0 == "lock" }.count == 1)
    #expect(events.suffix(6) == ["create", "publish durably", "append", "sync", "unlock", "seal"])
    #expect(store.value(of: .sample(1)) == [1])
    #expect(store.value(of: .sample(2)) == [2])
  }

  @Test(arguments: [Recorder.Event.publish(durably: true), .sync, .create, .append(0)])
  func `after a failed write every attempt fails and reading goes on`(
    failing: Recorder.Event
  ) throws {
    let base = Storage.memory()
    let store = try openStore(on: base)
    try store.save([1], for: .sample(1))
    try store.close()
    recorder.fail { event in
      if case .append = failing, case .append = event { return true }
      return event == failing
    }
    let failure = #expect(throws: StoreFailure.self) {
      try store.save(large, for: .sample(2))
      try store.flush()
    }
    #expect(failure?.code == .unwritable)
    recorder.fail(where: nil)
    #expect(events.filter { $0 == "lock" }.count == events.filter { $0 == "unlock" }.count)
    if failing != .create {
      recorder.clear()
      #expect(throws: StoreFailure.self) { try store.save([3], for: .sample(3)) }
      #expect(throws: StoreFailure.self) { try store.flush() }
      #expect(!events.contains("append"), "nothing more may follow an unknown end")
    }
    #expect(store.value(of: .sample(1)) == [1])
    let reopened = try ArtifactStore(storage: base)
    #expect(reopened.value(of: .sample(1)) == [1])
    if failing != .sync { #expect(reopened.find(.sample(2)) == nil) }
  }

  @Test func `a failed put is the caller's to try again, and frees the lock`() throws {
    let store = try openStore()
    recorder.fail { if case .put = $0 { true } else { false } }
    #expect(throws: StoreFailure.self) { try store.save(large, for: .sample(1)) }
    #expect(events == ["lock", "put", "unlock"])
    #expect(store.find(.sample(1)) == nil)
    recorder.fail(where: nil)
    try store.save(large, for: .sample(1))
    try store.flush()
    #expect(store.value(of: .sample(1)) == large)
  }

  @Test func `the timer's failure is thrown by the next call`() throws {
    let store = try openStore()
    try store.save([1], for: .sample(1))
    recorder.fail { $0 == .sync }
    fate.fire()
    recorder.fail(where: nil)
    let failure = #expect(throws: StoreFailure.self) { try store.save([2], for: .sample(2)) }
    #expect(failure?.message.contains("run again") == true)
  }
}
