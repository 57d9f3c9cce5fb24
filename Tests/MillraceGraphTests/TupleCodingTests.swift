import MillraceCoding
import Testing

@testable import MillraceGraph

@Suite struct TupleCodingTests {
  typealias Coding = TupleCoding<[String], Int, String?>

  @Test func `elements stand one behind the other`() throws {
    let bytes = try CBOR.encode(Coding(["a", "b"], 1, nil))
    #expect(bytes == [0x83, 0x82, 0x61, 0x61, 0x61, 0x62, 0x01, 0xf6])
    let coding = try CBOR.decode(Coding.self, from: bytes)
    #expect(coding.elements == (["a", "b"], 1, nil))
  }

  @Test(
    arguments: [
      [0x80], [0x82, 0x80, 0x01], [0x84, 0x80, 0x01, 0xf6, 0x01],
      [0x83, 0x81, 0x61, 0x61, 0x61, 0x61, 0xf6],
      [0x83, 0x80, 0x01, 0x01],
    ] as [[UInt8]])
  func `what is no such tuple is refused`(_ bytes: [UInt8]) {
    #expect(throws: (any Error).self) { try CBOR.decode(Coding.self, from: bytes) }
  }

  @Test func `a type takes its values apart and puts them together`() throws {
    let type = ValueType.tuple(
      (x: [Int], y: Int).self, name: "pair", [Int].self, Int.self,
      split: { ($0.x, $0.y) }, join: { (x: $0, y: $1) })
    let cell = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
    defer { cell.deallocate() }
    Cell.initialize(cell, to: (x: [1, 2], y: 3))
    let bytes = try #require(try type.withEncoded(cell) { Array($0) })
    type.destroy(cell)
    try type.decode(bytes, into: cell)
    #expect(Cell.read(cell, as: (x: [Int], y: Int).self) == (x: [1, 2], y: 3))
    type.destroy(cell)
    #expect(throws: (any Error).self) { try type.decode([0x80], into: cell) }
  }
}
