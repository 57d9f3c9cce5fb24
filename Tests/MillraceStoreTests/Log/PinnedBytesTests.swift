import Testing

@testable import MillraceStore

@Suite struct PinnedBytesTests {
  private func place(of number: UInt8, in store: ArtifactStore) throws -> ArtifactStore.InlinePlace
  {
    guard case .plain(_, _, let inline) = store.finding(of: .sample(number)) else {
      throw StoreFailure(.missing, "There is no such result.")
    }
    return try #require(inline)
  }

  /// Two stores of results in memory, the second of which has them in segments that are read.
  private func stores(memoryLimit: Int = 1 << 20) throws -> (ArtifactStore, ArtifactStore) {
    let storage = Storage.memory()
    let first = try ArtifactStore(storage: storage)
    for number in 0..<9 as Range<UInt8> { try first.save([number, number], for: .sample(number)) }
    try first.close()
    try first.save([9, 9], for: .sample(9))
    try first.close()
    var options = StoreOptions()
    options.memoryLimit = memoryLimit
    return (first, try ArtifactStore(storage: storage, options: options))
  }

  @Test func `bytes that are in memory are pinned, wherever they are in the log`() throws {
    let (first, second) = try stores()
    for store in [first, second] {
      var pinned = PinnedBytes()
      let order: [UInt8] = [9, 0, 1, 2, 9, 8, 3]
      let places = try order.map { pinned.pin(try place(of: $0, in: store)) }
      for (number, place) in zip(order, places) {
        var bytes: [UInt8] = []
        #expect(pinned.withBytes(at: place) { bytes = Array($0) })
        #expect(bytes == [number, number])
      }
    }
  }

  @Test func `others are not`() throws {
    let (_, store) = try stores(memoryLimit: 0)
    var pinned = PinnedBytes()
    let place = pinned.pin(try place(of: 1, in: store))
    #expect(!pinned.withBytes(at: place) { _ in })
    #expect(!pinned.withBytes(at: .none) { _ in })
  }
}
