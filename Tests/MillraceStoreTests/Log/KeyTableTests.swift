import MillraceCoding
import Testing

@testable import MillraceStore

@Suite struct KeyTableTests {
  @Test func `an empty table has nothing`() {
    #expect(KeyTable()[.sha256([1])] == -1)
  }

  @Test func `every digest keeps its number while the table grows`() {
    var table = KeyTable()
    let digests = (0..<2000).map { Digest.sha256([UInt8($0 % 256), UInt8($0 / 256)]) }
    for (number, digest) in digests.enumerated() {
      #expect(table.update(digest, to: Int32(number)) == -1)
    }
    #expect(table.count == 2000)
    #expect(digests.indices.allSatisfy { table[digests[$0]] == Int32($0) })
    #expect(table[.sha256([1, 2, 3])] == -1)
  }

  @Test func `an update gives the old number`() {
    var table = KeyTable()
    _ = table.update(.sha256([1]), to: 4)
    #expect(table.update(.sha256([1]), to: 7) == 4)
    #expect(table[.sha256([1])] == 7)
    #expect(table.count == 1)
  }

  @Test func `digests that begin alike are told apart`() throws {
    var table = KeyTable()
    let digests = try (0..<40).map { number in
      try #require(Digest(bytes: [UInt8](repeating: 9, count: 31) + [UInt8(number)]))
    }
    for (number, digest) in digests.enumerated() { _ = table.update(digest, to: Int32(number)) }
    #expect(digests.indices.allSatisfy { table[digests[$0]] == Int32($0) })
    var seen: [Int32] = []
    table.forEach { seen.append($1) }
    #expect(seen.sorted() == Array(0..<40))
  }
}
