import MillraceCoding
import Testing

@testable import MillraceStore

/// What names have stood for, and why keys were invalidated.
@Suite struct HistoryTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  private func facts(_ node: String, run: RunID? = nil) -> ArtifactFacts {
    var facts = ArtifactFacts.sample(node: node, run: run)
    facts.pipeline = "demo"
    return facts
  }

  @Test(arguments: StorageKind.allCases, [0, 64 << 20])
  func `a name's history has every binding, of results and of names, the latest first`(
    kind: StorageKind, memoryLimit: Int
  ) throws {
    let place = kind.makePlace(in: folder)
    var options = StoreOptions.decided(by: fate)
    options.memoryLimit = memoryLimit
    let store = try place.openStore(options)
    let run = store.makeRunID()
    let first = try store.save([1], for: .sample(1), facts: facts("clean", run: run))
    let second = try store.save([2], for: .sample(2), facts: facts("clean"))
    try store.bind("demo/clean", to: first)
    try store.save([3], for: .sample(3), facts: facts("other"))
    try store.flush()
    for store in [store, try place.openStore(options)] {
      let history = store.history(of: "demo/clean")
      #expect(history.map(\.key) == [.sample(1), .sample(2), .sample(1)])
      #expect(history.map(\.run) == [nil, nil, run])
      #expect(zip(history, history.dropFirst()).allSatisfy { $0.time > $1.time })
      #expect(store.history(of: "clean").isEmpty)
      #expect(store.resolve("demo/clean") == history[0])
      #expect(store.binding(of: "demo/clean", at: history[0].time) == history[0])
      #expect(store.binding(of: "demo/clean", at: second.time) == history[1])
      let before = LogicalTime(nanoseconds: second.time.nanoseconds - 1)
      #expect(store.binding(of: "demo/clean", at: before) == history[2])
      let never = LogicalTime(nanoseconds: first.time.nanoseconds - 1)
      #expect(store.binding(of: "demo/clean", at: never) == nil)
      #expect(store.names(at: second.time) == [history[1]])
      #expect(store.names(at: never).isEmpty)
      #expect(store.names().map(\.name) == ["demo/clean", "demo/other"])
    }
  }

  @Test func `a binding that stands in two segments counts once`() throws {
    let storage = Storage.memory()
    let store = try ArtifactStore(storage: storage, options: .decided(by: fate))
    try store.save([1], for: .sample(1), facts: facts("clean"))
    try store.bind("demo/clean", to: #require(store.find(.sample(1))))
    try store.invalidate(.sample(2), reason: "why")
    try store.close()
    try storage.copySegment(try #require(storage.logs.list().first), as: WriterID(high: 8, low: 8))
    let reopened = try ArtifactStore(storage: storage)
    #expect(reopened.history(of: "demo/clean").count == 2)
    #expect(reopened.records(of: .sample(1)).count == 1)
    #expect(reopened.invalidations().count == 1)
    #expect(reopened.warnings.isEmpty)
  }

  @Test(arguments: StorageKind.allCases)
  func `invalidations are kept with their reasons, the earliest first`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(.decided(by: fate))
    let run = store.makeRunID()
    #expect(store.invalidations().isEmpty)
    try store.invalidate(.sample(1), reason: "late data")
    try store.invalidate(.sample(2), reason: "asked for", run: run)
    try store.invalidate(.sample(1), reason: "again")
    try store.flush()
    for store in [store, try place.openStore(.decided(by: fate))] {
      #expect(store.invalidations().map(\.reason) == ["late data", "asked for", "again"])
      #expect(store.invalidations(of: .sample(1)).map(\.reason) == ["late data", "again"])
      #expect(store.invalidations(of: .sample(2)).map(\.run) == [run])
      #expect(store.invalidations(of: .sample(3)).isEmpty)
    }
  }

  @Test func `names are unbound since the last result or name, and by nothing else`() throws {
    let storage = Storage.memory()
    let store = try ArtifactStore(storage: storage, options: .decided(by: fate))
    let beginning = LogicalTime(nanoseconds: 0)
    #expect(store.isUnbound(since: beginning))
    let record = try store.save([1], for: .sample(1))
    #expect(!store.isUnbound(since: beginning))
    #expect(store.isUnbound(since: record.time))
    try store.invalidate(.sample(1), reason: "asked for")
    #expect(store.isUnbound(since: record.time))
    try store.bind("report", to: record)
    #expect(!store.isUnbound(since: record.time))
    let bound = try #require(store.resolve("report")).time
    try store.close()
    let reopened = try ArtifactStore(storage: storage)
    #expect(reopened.isUnbound(since: bound))
    #expect(!reopened.isUnbound(since: LogicalTime(nanoseconds: bound.nanoseconds - 1)))
  }

  @Test func `different names are told apart whatever their hashes`() throws {
    let store = ArtifactStore.inMemory()
    for number in 0..<500 as Range<Int> {
      let key = Key(.sha256(Array("\(number)".utf8)))
      try store.save(Array("\(number)".utf8), for: key, facts: facts("n\(number)"))
    }
    #expect(store.names().count == 500)
    for number in 0..<500 {
      let binding = try #require(store.resolve("demo/n\(number)"))
      #expect(try store.load(binding) == Array("\(number)".utf8))
    }
  }
}
