import MillraceCoding
import Testing

@testable import MillraceStore

/// The bytes of a snapshot, as `docs/formats.md` describes them.
@Suite struct SnapshotFormatTests {
  private let storage = Storage.memory()

  private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  /// A snapshot of three results and names in two segments, the first of them still growing.
  private func snapshot() throws -> [UInt8] {
    var options = StoreOptions.decided(by: Fate())
    let live = try ArtifactStore(storage: storage, options: options)
    try live.save([1], for: .sample(1))
    try live.flush()
    options.snapshotMinimum = 1
    let store = try ArtifactStore(storage: storage, options: options)
    var facts = ArtifactFacts.sample(node: "n")
    facts.pipeline = "p"
    let record = try store.save([2], for: .sample(2), facts: facts)
    try store.bind("free", to: record)
    try store.invalidate(.sample(3), reason: "r")
    try store.close()
    return try #require(storage.allSnapshots().values.first)
  }

  @Test func `the bytes of a snapshot are pinned`() throws {
    let bytes = try snapshot()
    #expect(bytes.count == 64 + 2 * 16 + 2 * 24 + 3 * 120 + 8 + 31 + 8 + 51 + 4)
    #expect(Digest.sha256(bytes).hex == Self.golden)
    // Its head, so that a change shows where it is.
    #expect(
      hex(bytes[..<64])
        == "6d696c6c726163652069647820320d0a" + "02000000" + "02000000" + "0300000000000000"
        + "0200000000000000" + "6200000000000000" + "000000000000000000000000"
        + hex(bytes[60..<64]))
  }

  /// The SHA-256 of the file as a program in Python makes it from the description alone.
  private static let golden =
    "07df9b068b359dae4069254105060439214249dac25b9829a6ed51010e28880a"

  /// Reads a snapshot by the words of the description, with nothing of the store's code.
  @Test func `the description is enough to read it`() throws {
    let bytes = try snapshot()
    func number(_ place: Int, _ count: Int) -> Int {
      bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func digest(_ place: Int) -> Digest? { Digest(bytes: bytes[place..<place + 32]) }
    let (writers, segments, entries) = (number(16, 4), number(20, 4), number(24, 8))
    let firstSegment = 64 + 16 * writers
    let firstEntry = firstSegment + 24 * segments
    let event = firstEntry + 120 * entries
    func name(ofSegment segment: Int) -> String {
      let writer = 64 + 16 * number(firstSegment + 24 * segment, 4)
      return hex(bytes[writer..<writer + 16])
    }
    #expect(try Set((0..<segments).map(name)) == Set(storage.logs.list()))
    let states = (0..<segments).map { number(firstSegment + 24 * $0 + 4, 4) }
    #expect(states.sorted() == [0, 1])
    var kinds: [Int] = []
    for place in (0..<entries).map({ firstEntry + 120 * $0 }) {
      let (offset, length) = (number(place + 80, 8), number(place + 88, 4))
      let segment = name(ofSegment: number(place + 92, 4))
      let payload = try storage.logs.read(segment, from: offset, limit: length).bytes
      let record = try payload.withUnsafeBytes { try LogRecord($0) }
      #expect(record.time.nanoseconds == UInt64(number(place + 64, 8)))
      let kind = number(place + 100, 4)
      kinds.append(kind)
      switch record.content {
      case .artifact(let key, let artifact):
        #expect(kind < 2 && key.digest == digest(place) && artifact == digest(place + 32))
      case .name(let binding):
        #expect(kind == 2 && binding.key.digest == digest(place))
        #expect(binding.artifact == digest(place + 32))
      default: Issue.record("an entry of another kind")
      }
      let bound = ["p/n", "free"].map { name in
        name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
          ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
      }
      let hash = bytes[place + 72..<place + 80].reversed().reduce(0 as UInt64) {
        $0 << 8 | UInt64($1)
      }
      #expect(hash == [0, bound[0], bound[1]][kind])
      let (size, inline, content) = (
        number(place + 104, 8), number(place + 112, 4), number(place + 116, 4)
      )
      #expect(content == (kind == 2 ? 0 : 1))
      if content == 1 {
        #expect(Digest.sha256(Array(payload[inline..<inline + size])) == digest(place + 32))
      }
    }
    #expect(kinds.sorted() == [0, 1, 2])
    func content(at event: Int) throws -> LogRecord.Content {
      let payload = Array(bytes[event + 8..<event + 8 + number(event, 4)])
      return try payload.withUnsafeBytes { try LogRecord($0).content }
    }
    // The second segment tells of the first.
    let next = event + 8 + number(event, 4)
    guard case .segments(let others) = try content(at: event),
      case .invalidation(let invalidation) = try content(at: next)
    else {
      Issue.record("the event is another one")
      return
    }
    #expect(try others.seen.map(\.name) == Array(storage.logs.list().sorted().prefix(1)))
    #expect(invalidation.key == .sample(3) && invalidation.reason == "r")
    #expect(event + number(40, 8) == bytes.count - 4)
    let check = bytes.dropLast(4).withUnsafeBytes { CRC32.checksum($0) }
    #expect(number(bytes.count - 4, 4) == Int(check))
  }
}
