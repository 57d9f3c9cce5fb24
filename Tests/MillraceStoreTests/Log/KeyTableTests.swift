import MillraceCoding
import Testing

@testable import MillraceStore

@Suite struct KeyTableTests {
  /// A table of digests and the list that its numbers point into.
  private struct Digests {
    var table = KeyTable()
    var digests: [Digest] = []

    static func hash(_ digest: Digest) -> UInt64 { Key(digest).hash }

    mutating func add(_ digest: Digest) -> Int32 {
      digests.append(digest)
      return table.update(Self.hash(digest), to: Int32(digests.count - 1)) { [digests] in
        digests[Int($0)] == digest
      }
    }

    func find(_ digest: Digest) -> Int32 {
      table.find(Self.hash(digest)) { digests[Int($0)] == digest }
    }
  }

  @Test func `an empty table has nothing`() {
    #expect(Digests().find(.sha256([1])) == -1)
  }

  @Test func `every digest keeps its number while the table grows`() {
    var table = Digests()
    let digests = (0..<2000).map { Digest.sha256([UInt8($0 % 256), UInt8($0 / 256)]) }
    for digest in digests { #expect(table.add(digest) == -1) }
    #expect(table.table.count == 2000)
    #expect(digests.indices.allSatisfy { table.find(digests[$0]) == Int32($0) })
    #expect(table.find(.sha256([1, 2, 3])) == -1)
  }

  @Test func `an update gives the old number`() {
    var table = Digests()
    _ = table.add(.sha256([1]))
    #expect(table.add(.sha256([1])) == 0)
    #expect(table.find(.sha256([1])) == 1)
    #expect(table.table.count == 1)
  }

  @Test func `digests that begin alike are told apart`() throws {
    var table = Digests()
    let digests = try (0..<40).map { number in
      try #require(Digest(bytes: [UInt8](repeating: 9, count: 31) + [UInt8(number)]))
    }
    for digest in digests { _ = table.add(digest) }
    #expect(digests.indices.allSatisfy { table.find(digests[$0]) == Int32($0) })
    var seen: [Int32] = []
    table.table.forEach { seen.append($0) }
    #expect(seen.sorted() == Array(0..<40))
  }
}
