import MillraceCoding
import Testing

@testable import MillraceStore

/// The fast reading of artifacts' records never says anything else than the thorough one.
@Suite struct ArtifactScanTests {
  /// Some record, with all that one may have.
  private func payload(_ chance: inout Chance) -> [UInt8] {
    func text(_ chance: inout Chance) -> String {
      String(repeating: "é", count: chance.next(below: 40))
    }
    func bytes(_ chance: inout Chance) -> [UInt8] {
      (0..<[0, 10, 23, 24, 255, 256, 300][chance.next(below: 7)]).map {
        UInt8(truncatingIfNeeded: $0)
      }
    }
    var facts = ArtifactFacts(
      codec: text(&chance), encodedParts: bytes(&chance), task: text(&chance),
      node: text(&chance),
      durationNanoseconds: UInt64.max >> chance.next(below: 64))
    if Bool.random(using: &chance) {
      facts.run = RunID(milliseconds: chance.next(), random: (chance.next(), chance.next()))
    }
    if Bool.random(using: &chance) { facts.pipeline = text(&chance) }
    if chance.next(below: 4) == 0 { facts.files = ["a": .sha256([1]), "b": .sha256([2])] }
    if chance.next(below: 8) == 0 {
      facts.acceptance = Acceptance(key: .sample(1), reason: text(&chance))
    }
    let value = bytes(&chance)
    return value.withUnsafeBytes {
      ArtifactCoding.encode(
        $0, inline: Bool.random(using: &chance), artifact: .sha256(value), key: .sample(9),
        time: LogicalTime(nanoseconds: 1 + UInt64.max >> (2 + chance.next(below: 60))),
        facts: facts)
    }
  }

  /// Compares what the scan says with what the thorough readers say.
  ///
  /// - Returns: Whether the scan said anything.
  private func check(_ payload: [UInt8]) -> Bool {
    payload.withUnsafeBytes { payload in
      guard let scan = ArtifactScan(payload) else { return false }
      guard let record = try? LogRecord(payload),
        case .artifact(let key, let artifact) = record.content
      else {
        Issue.record("the thorough reader refuses it")
        return true
      }
      #expect(scan.key == key && scan.artifact == artifact)
      #expect(scan.time == record.time && scan.writer == record.writer)
      #expect(scan.nameHash == ArtifactCoding.nameHash(payload))
      let essence = ArtifactCoding.essence(of: payload)
      #expect(scan.size == essence.size)
      switch scan.content {
      case .inline:
        let start = Int(scan.inlineOffset)
        #expect(essence.inline == start..<start + scan.size && !essence.namesFiles)
      case .object: #expect(essence.inline == nil && !essence.namesFiles)
      case .namingFiles: #expect(essence.namesFiles)
      case .unread: Issue.record("a scan has read it")
      }
      return true
    }
  }

  @Test func `it reads all records but those of accepted results`() throws {
    var chance = Chance(seed: 1)
    for _ in 0..<500 {
      let payload = payload(&chance)
      let isAccepted = payload.withUnsafeBytes { ArtifactCoding.decode($0).facts.acceptance != nil }
      #expect(check(payload) == !isAccepted)
    }
  }

  @Test func `of damaged records it says what the others say, or nothing`() throws {
    var chance = Chance(seed: 2)
    var count = 0
    for _ in 0..<500 {
      var payload = payload(&chance)
      for _ in 0..<(1 + chance.next(below: 3)) {
        let place = chance.next(below: payload.count)
        switch chance.next(below: 3) {
        case 0: payload[place] = UInt8.random(in: .min ... .max, using: &chance)
        case 1: payload.remove(at: place)
        default: payload.removeLast(payload.count - max(place, 1))
        }
      }
      if check(payload) { count += 1 }
    }
    // Many changes hit the content of strings, and are nobody's business here.
    #expect(count > 50)
  }

  @Test func `records of other kinds are not for it`() {
    let time = LogicalTime(nanoseconds: 5)
    let others = [
      SegmentMark.start(at: time), SegmentMark.end(at: time),
      InvalidationRecord(key: .sample(1), reason: "r", run: nil, time: time).encoded(), [],
    ]
    for payload in others { #expect(payload.withUnsafeBytes { ArtifactScan($0) } == nil) }
  }
}
