import MillraceCoding
import Testing

@testable import MillraceStore

/// Segments that disappear while a store is open, because a clean-up has moved their records.
@Suite struct VanishingSegmentTests {
  private let fate = Fate()
  private let logs: VanishingLogs
  private let storage: Storage

  init() {
    var storage = Storage.memory()
    logs = VanishingLogs(storage.logs)
    storage.logs = logs
    self.storage = storage
  }

  private func fill() throws {
    for round in 0..<3 as Range<UInt8> {
      let store = try ArtifactStore(storage: storage, options: .decided(by: fate))
      for number in 0..<6 as Range<UInt8> {
        var facts = ArtifactFacts.sample(node: "a")
        facts.pipeline = "p"
        try store.save([number, round], for: .sample(number + round), facts: facts)
      }
      try store.bind("free", to: #require(store.find(.sample(round))))
      try store.invalidate(.sample(round), reason: "round")
      try store.close()
    }
  }

  /// Moves all records into new segments, and removes the old ones.
  private func moveAll() throws {
    for (number, name) in try logs.list().sorted().enumerated() {
      try storage.copySegment(name, as: WriterID(high: 1 << 50, low: UInt64(number)))
      logs.remove(name)
    }
  }

  private func open(memoryLimit: Int) throws -> ArtifactStore {
    var options = StoreOptions.decided(by: fate)
    options.memoryLimit = memoryLimit
    return try ArtifactStore(storage: storage, options: options)
  }

  @Test(arguments: [0, 400, 64 << 20], [false, true])
  func `a store that is open goes on without a warning`(
    memoryLimit: Int, refreshing: Bool
  ) throws {
    try fill()
    let store = try open(memoryLimit: memoryLimit)
    let before = Answers(of: try open(memoryLimit: memoryLimit))
    try moveAll()
    if refreshing { try store.refresh() }
    #expect(Answers(of: store).differences(from: before).isEmpty)
    #expect(store.warnings.isEmpty)
    #expect(Answers(of: try open(memoryLimit: 0)) == before)
  }

  @Test(arguments: 0..<5)
  func `each question alone finds what was moved`(question: Int) throws {
    try fill()
    let plain = try open(memoryLimit: 64 << 20)
    let store = try open(memoryLimit: 0)
    try moveAll()
    switch question {
    case 0: #expect(store.find(.sample(4))?.time == plain.find(.sample(4))?.time)
    case 1: #expect(store.records(of: .sample(4)).count == 3)
    case 2: #expect(store.resolve("p/a") == plain.resolve("p/a"))
    case 3: #expect(store.history(of: "free") == plain.history(of: "free"))
    default: #expect(try store.load(Digest.sha256([1, 2])) == [1, 2])
    }
    #expect(store.warnings.isEmpty)
  }

  @Test func `what a clean-up did not keep is not there any more`() throws {
    try fill()
    let store = try open(memoryLimit: 0)
    for name in try logs.list() { logs.remove(name) }
    #expect(store.find(.sample(4)) == nil)
    #expect(store.names().isEmpty)
    #expect(store.warnings.isEmpty)
  }

  @Test func `a segment of a store that is open may be moved as well`() throws {
    let store = try open(memoryLimit: 0)
    try store.save([1], for: .sample(1))
    try store.close()
    try moveAll()
    #expect(store.value(of: .sample(1)) == [1])
    try store.save([2], for: .sample(2))
    try store.close()
    try store.refresh()
    #expect(store.value(of: .sample(2)) == [2] && store.warnings.isEmpty)
    #expect(try storage.allSnapshots().isEmpty)
  }
}
