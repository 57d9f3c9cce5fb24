import MillraceCoding
import Testing

@Suite struct CBORReaderTests {
  @Test func `a record is read in the order in which it was written`() throws {
    var writer = CBORWriter()
    writer.appendArrayHeader(count: 9)
    writer.append(unsigned: .max)
    writer.append(integer: Int64.min)
    writer.append(text: "text")
    writer.append(bytes: [1, 2, 3])
    writer.append(tag: 40)
    writer.appendMapHeader(count: 1)
    writer.append(integer: 1)
    writer.appendNull()
    writer.append(bool: true)
    writer.append(double: 0.1)
    writer.append(float: 1.5)
    writer.append(encoded: [0x81, 0x00])
    writer.append(unsigned: 7)

    var reader = CBORReader(writer.bytes)
    #expect(try reader.peek() == .array)
    #expect(try reader.readArrayHeader() == 9)
    #expect(try reader.readUnsigned() == .max)
    #expect(try reader.readInteger() == .min)
    #expect(try reader.readText() == "text")
    let range = try reader.readByteRange()
    #expect(Array(writer.bytes[range]) == [1, 2, 3])
    #expect(try reader.readTag() == 40)
    #expect(try reader.readMapHeader() == 1)
    #expect(try reader.readInteger(as: Int8.self) == 1)
    #expect(try reader.readNullIfPresent())
    #expect(try !reader.readNullIfPresent())
    #expect(try reader.peek() == .bool)
    #expect(try reader.readBool())
    #expect(try reader.readDouble() == 0.1)
    #expect(try reader.peek() == .float)
    #expect(try reader.readDouble() == 1.5)
    #expect(try reader.skip().count == 2)
    #expect(!reader.isAtEnd)
    #expect(reader.remaining == 1)
    #expect(throws: CodingFailure.self) { try reader.finish() }
    #expect(try reader.readUnsigned() == 7)
    #expect(reader.isAtEnd)
    try reader.finish()
  }

  @Test(arguments: [
    "1800", "1817", "190018", "1a00001234", "1b0000000012345678", "5800", "9f", "7f",
  ])
  func `a head that is not the shortest or has no length is refused`(text: String) {
    var reader = CBORReader(bytes(text))
    let failure = #expect(throws: CodingFailure.self) { try reader.skip() }
    #expect(failure?.code == .notDeterministic)
    #expect(failure?.offset == 0)
  }

  @Test(arguments: ["fa3f800000", "fb3ff0000000000000", "f97e01", "f9fe00", "fb7ff8000000000000"])
  func `a float that is not the shortest is refused`(text: String) {
    var reader = CBORReader(bytes(text))
    let failure = #expect(throws: CodingFailure.self) { try reader.readDouble() }
    #expect(failure?.code == .notDeterministic)
  }

  @Test func `an error leaves the reader where it was`() throws {
    var reader = CBORReader(bytes("6161"))
    #expect(throws: CodingFailure.self) { try reader.readUnsigned() }
    #expect(throws: CodingFailure.self) { try reader.readArrayHeader() }
    #expect(throws: CodingFailure.self) { try reader.readDouble() }
    #expect(throws: CodingFailure.self) { try reader.readBool() }
    #expect(reader.offset == 0)
    #expect(try reader.readText() == "a")
  }

  @Test(arguments: [
    "9bffffffffffffffff", "9a7fffffff00", "bbffffffffffffffff", "ba0000000200", "8100" + "00",
    "5bffffffffffffffff", "7b7fffffffffffffff", "4200", "", "18", "1a0000",
  ])
  func `a count that the bytes cannot hold is refused`(text: String) {
    let content = bytes(text)
    for operation in 0..<5 {
      var reader = CBORReader(content)
      _ = try? {
        switch operation {
        case 0: _ = try reader.readArrayHeader()
        case 1: _ = try reader.readMapHeader()
        case 2: _ = try reader.readBytes()
        case 3: _ = try reader.readText()
        default: try reader.skip()
        }
      }()
      #expect(reader.offset <= content.count)
    }
    var reader = CBORReader(content)
    #expect(throws: CodingFailure.self) {
      try reader.skip()
      try reader.finish()
    }
  }

  @Test func `skipping a deep nest costs no stack`() throws {
    let deep = [UInt8](repeating: 0x81, count: 1_000_000) + [0]
    var reader = CBORReader(deep)
    #expect(try reader.skip() == 0..<deep.count)
  }

  @Test func `numbers that do not fit are out of range`() {
    func code<T: FixedWidthInteger>(_ text: String, _ type: T.Type) -> CodingFailure.Code? {
      var reader = CBORReader(bytes(text))
      return #expect(throws: CodingFailure.self) { try reader.readInteger(as: type) }?.code
    }
    #expect(code("20", UInt64.self) == .outOfRange)
    #expect(code("1b8000000000000000", Int64.self) == .outOfRange)
    #expect(code("3b8000000000000000", Int64.self) == .outOfRange)
    #expect(code("1880", Int8.self) == .outOfRange)
    #expect(code("3880", Int8.self) == .outOfRange)
    #expect(code("60", Int8.self) == .unexpectedItem)
  }

  @Test func `borrowed memory is read in place`() throws {
    let content = bytes("83016161f6")
    try content.withUnsafeBytes { buffer in
      var reader = CBORReader(buffer)
      #expect(try reader.readArrayHeader() == 3)
      #expect(try reader.readUnsigned() == 1)
      #expect(try reader.readText() == "a")
      #expect(try reader.readNullIfPresent())
      try reader.finish()
    }
  }
}
