import MillraceCoding
import MillraceStore
import Testing

/// A result's record can bind a name, so that a task that ran needs one record and not two.
struct BoundResultTests {
  private func facts(_ node: String, pipeline: String? = "demo", run: RunID? = nil) -> ArtifactFacts
  {
    var facts = ArtifactFacts.sample(node: node, run: run)
    facts.pipeline = pipeline
    return facts
  }

  @Test(arguments: StorageKind.allCases)
  func `a result is found by the name in its record, here and after opening again`(
    kind: StorageKind
  ) throws {
    let folder = try TemporaryFolder()
    let place = kind.makePlace(in: folder)
    let run: RunID
    do {
      let store = try place.openStore()
      run = store.makeRunID()
      try store.save([1, 2, 3], for: .sample(1), facts: facts("clean", run: run))
      try store.save([4], for: .sample(2), facts: facts("other", pipeline: nil))
      #expect(store.names().map(\.name) == ["demo/clean"])
      try store.flush()
    }
    let store = try place.openStore()
    let binding = try #require(store.resolve("demo/clean"))
    #expect(try store.load(binding) == [1, 2, 3])
    #expect(binding.key == .sample(1) && binding.size == 3 && binding.codec == "bytes/1")
    #expect(binding.run == run)
    #expect(store.resolve("demo/other") == nil)
  }

  @Test func `of a name's bindings the latest counts, whichever record it is in`() throws {
    let store = ArtifactStore.inMemory()
    let first = try store.save([1], for: .sample(1), facts: facts("clean"))
    #expect(store.resolve("demo/clean")?.key == .sample(1))
    try store.save([2], for: .sample(2), facts: facts("clean"))
    #expect(store.resolve("demo/clean")?.key == .sample(2))
    try store.bind("demo/clean", to: first)
    #expect(store.resolve("demo/clean")?.key == .sample(1))
    // Asked for late, the name in an earlier record does not come back.
    try store.save([3], for: .sample(3), facts: facts("clean"))
    try store.bind("demo/clean", to: first)
    #expect(store.resolve("demo/clean")?.key == .sample(1))
  }

  @Test func `names are read from the log again if it is not kept in memory`() throws {
    let place = Place(memory: .memory())
    do {
      let store = try place.openStore()
      for number in 0..<3000 {
        try store.save(
          Array("\(number)".utf8), for: Key(.sha256(Array("\(number)".utf8))),
          facts: facts("n\(number)"))
      }
      try store.flush()
    }
    var options = StoreOptions()
    options.memoryLimit = 0
    let store = try place.openStore(options)
    #expect(store.names().count == 3000)
    #expect(try store.load(#require(store.resolve("demo/n1234"))) == Array("1234".utf8))
  }
}
