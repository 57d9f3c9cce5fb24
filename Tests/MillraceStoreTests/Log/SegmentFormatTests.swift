import MillraceCoding
import Testing

@testable import MillraceStore

/// The bytes of the log, as `docs/formats.md` describes them.
@Suite struct SegmentFormatTests {
  private let storage = Storage.memory()
  private let fate = Fate()

  private func openStore() throws -> ArtifactStore {
    try ArtifactStore(storage: storage, options: .decided(by: fate))
  }

  private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  /// Appends a segment of payloads that the writer would not write.
  private func append(_ payloads: [[UInt8]], writer: WriterID) throws {
    var bytes = Frame.magic
    for payload in payloads {
      payload.withUnsafeBytes {
        Frame(of: $0).append(to: &bytes, at: bytes.count, seed: Frame.seed(for: writer))
      }
      bytes += payload
    }
    try storage.logs.create(writer.name).append(bytes)
  }

  @Test func `the bytes of a segment are pinned`() throws {
    let store = try openStore()
    let run = store.makeRunID()
    try store.beginRun(run, pipeline: "p")
    let facts = ArtifactFacts(
      codec: "text/1", encodedParts: [0xa0], task: "T", node: "n", run: run,
      durationNanoseconds: 7)
    let record = try store.save(Array("hi".utf8), for: .sample(1), facts: facts)
    try store.bind("p/n", to: record, run: run)
    try store.endRun(run, status: .succeeded, counts: RunCounts(nodes: 1, executed: 1))
    try store.invalidate(.sample(2), reason: "r")
    let stamp = FileStamp(size: 5, modified: -1, inode: 6, device: 7)
    try store.remember(.sha256([3]), of: "/f", stamp: stamp, hashingBegan: store.currentTime)
    try store.close()
    let name = try #require(storage.logs.list().first)
    #expect(name == "00000000000000030000000000000004")
    let chunk = try storage.logs.read(name, from: 0, limit: 4096)
    #expect(chunk.isSealed)
    #expect(hex(chunk.bytes) == Self.golden)
  }

  @Test func `unknown kinds and unknown fields are passed over`() throws {
    let writer = WriterID(high: 9, low: 9)
    var future = CBORWriter()
    future.appendMapHeader(count: 3)
    for (field, value) in [(0, 99), (1, 5), (8, 1)] as [(UInt64, UInt64)] {
      future.append(unsigned: field)
      future.append(unsigned: value)
    }
    var known = CBORWriter()
    known.appendMapHeader(count: 8)
    known.append(encoded: [0, 2, 1, 6, 4, 0x63, 0x61, 0x62, 0x63])  // kind, time, unknown 4: "abc"
    known.append(unsigned: 8)
    Key.sample(1).digest.withUnsafeBytes { known.append(bytes: $0) }
    known.append(unsigned: 9)
    Digest.sha256([1]).withUnsafeBytes { known.append(bytes: $0) }
    known.append(encoded: [10, 1, 12, 0x41, 0x01])  // size 1, inline bytes 01
    known.append(unsigned: 500)
    known.append(encoded: [0x82, 0xf6, 0xa1, 0x01, 0x02])  // unknown: [null, {1: 2}]
    try append([future.bytes, known.bytes], writer: writer)
    let store = try openStore()
    #expect(store.value(of: .sample(1)) == [1])
    #expect(store.find(.sample(1))?.task == "")
    #expect(store.warnings.isEmpty)
  }

  @Test(
    arguments: [
      [], [0xa0], [0xa1, 0, 2], [0xa2, 0, 2, 1, 5], [0xa2, 1, 5, 0, 2], [0x80], [0xff],
      [0xa3, 0, 4, 1, 5, 8, 0x61, 0x61], [0xa3, 0, 3, 1, 5, 8, 0x41, 0x61],
      [0xa2, 0, 0, 1, 0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ] as [[UInt8]])
  func `a payload that is no record is a warning`(payload: [UInt8]) throws {
    var good = RecordWriter(.invalidation, time: LogicalTime(nanoseconds: 9), fieldCount: 1)
    good.add(8, Key.sample(2).digest)
    try append([payload, good.payload], writer: WriterID(high: 9, low: 9))
    let store = try openStore()
    #expect(store.warnings.map(\.code) == [.damagedRecord])
    try store.save([1], for: .sample(2))
    #expect(store.value(of: .sample(2)) == [1])
  }

  @Test func `of equal times the greater writer counts, also in a moved record`() throws {
    func record(_ value: UInt8, writer: WriterID? = nil) -> [UInt8] {
      var bytes = CBORWriter()
      bytes.appendMapHeader(count: writer == nil ? 6 : 7)
      bytes.append(encoded: [0, 2, 1, 6])
      if let writer {
        bytes.append(unsigned: 2)
        writer.withUnsafeBytes { bytes.append(bytes: $0) }
      }
      bytes.append(unsigned: 8)
      Key.sample(1).digest.withUnsafeBytes { bytes.append(bytes: $0) }
      bytes.append(unsigned: 9)
      Digest.sha256([value]).withUnsafeBytes { bytes.append(bytes: $0) }
      bytes.append(encoded: [10, 1, 12, 0x41, value])
      return bytes.bytes
    }
    try append([record(5)], writer: WriterID(high: 5, low: 0))
    try append([record(4)], writer: WriterID(high: 4, low: 0))
    #expect(try openStore().value(of: .sample(1)) == [5])
    // Moved into segment 3 by a clean-up, but written by 6.
    let moved = record(6, writer: WriterID(high: 6, low: 0))
    try append([moved], writer: WriterID(high: 3, low: 0))
    #expect(try openStore().value(of: .sample(1)) == [6])
  }

  /// Checked against an independent reader in Python, written from `docs/formats.md`.
  private static let golden = """
    6d696c6c72616365206c6f6720310d0a0f000000e2407ed4c5ae065ca30000011b17979cfe362a0002080122\
    0000003b5ea30cc12ecc64a40005011b17979cfe362a00010350018bcfe56800000100000000000000020861\
    707e0000007e58ecbcc96a442aac0002011b17979cfe362a00030350018bcfe5680000010000000000000002\
    0858204bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a0958208f434346648f\
    6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa40a020b66746578742f310c4268690d41a00e\
    61540f616e1007740000005742f888c8814321a80004011b17979cfe362a00040350018bcfe5680000010000\
    0000000000020863702f6e0958208f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc32\
    7aa40a58204bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a0b020c66746578\
    742f3132000000a8e9d87fd38bc296a80006011b17979cfe362a00050350018bcfe568000001000000000000\
    0002086973756363656564656409010a010b000c003300000053914d51fe6e2e74a40003011b17979cfe362a\
    0006085820dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d98609617246000000\
    1754624c145980e2a90007011b17979cfe362a000708622f66095820084fed08b978af4d7d196a7446a86b58\
    009e636b611db16211b65a9aadff29c50a050b200c060d070e1b17979cfe362a00000d000000845115534083\
    46d0a20001011b17979cfe362a0008
    """
}
