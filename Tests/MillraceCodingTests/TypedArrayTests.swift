import MillraceCoding
import Testing

@Suite struct TypedArrayTests {
  @Test func `numbers are one block of little-endian memory, with one tag a type`() throws {
    #expect(hex(try CBOR.encode([1, 255] as [UInt8])) == "4201ff")
    #expect(hex(try CBOR.encode([1, -1] as [Int8])) == "d8484201ff")
    #expect(hex(try CBOR.encode([1, 256] as [UInt16])) == "d8454401000001")
    #expect(hex(try CBOR.encode([-2] as [Int16])) == "d84d42feff")
    #expect(hex(try CBOR.encode([1] as [UInt32])) == "d8464401000000")
    #expect(hex(try CBOR.encode([-2] as [Int32])) == "d84e44feffffff")
    #expect(hex(try CBOR.encode([1] as [UInt64])) == "d847480100000000000000")
    #expect(hex(try CBOR.encode([-2] as [Int64])) == "d84f48feffffffffffffff")
    #expect(hex(try CBOR.encode([1] as [UInt])) == "d847480100000000000000")
    #expect(hex(try CBOR.encode([-2] as [Int])) == "d84f48feffffffffffffff")
    #expect(hex(try CBOR.encode([1.5] as [Float])) == "d855440000c03f")
    #expect(hex(try CBOR.encode([1.5] as [Double])) == "d85648000000000000f83f")
    #expect(hex(try CBOR.encode([Double]())) == "d85640")
    #expect(hex(try CBOR.encode(ContiguousArray([1.5]))) == "d85648000000000000f83f")
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      #expect(hex(try CBOR.encode([1.5] as [Float16])) == "d85442003e")
      #expect(try CBOR.decode([Float16].self, from: bytes("d85442003e")) == [1.5])
    #endif
  }

  @Test func `booleans, texts and optionals are ordinary arrays`() throws {
    #expect(hex(try CBOR.encode([true, false])) == "82f5f4")
    #expect(hex(try CBOR.encode(["a", ""])) == "82616160")
    #expect(hex(try CBOR.encode([1, nil] as [Double?])) == "82f93c00f6")
    #expect(try CBOR.decode([Double?].self, from: bytes("82f93c00f6")) == [1, nil])
  }

  @Test(arguments: [0, 1, 2, 2047, 2048, 2049, 5000])
  func `every NaN becomes the same NaN`(place: Int) throws {
    var doubles = [Double](repeating: 1, count: place + 3)
    var floats = [Float](repeating: 1, count: place + 3)
    doubles[place] = -.nan
    doubles[place + 1] = Double(nan: 0x1234, signaling: false)
    floats[place] = -.nan
    floats[place + 1] = Float(nan: 0x12, signaling: true)
    var plainDoubles = doubles
    var plainFloats = floats
    for index in [place, place + 1] {
      plainDoubles[index] = Double(bitPattern: 0x7ff8_0000_0000_0000)
      plainFloats[index] = Float(bitPattern: 0x7fc0_0000)
    }
    let encoded = try CBOR.encode(doubles)
    #expect(try encoded == CBOR.encode(plainDoubles))
    #expect(try CBOR.encode(floats) == CBOR.encode(plainFloats))
    let decoded = try CBOR.decode([Double].self, from: encoded)
    #expect(decoded.map(\.bitPattern) == plainDoubles.map(\.bitPattern))
  }

  @Test func `infinities, subnormals and minus zero keep their bits`() throws {
    let values = [-0.0, 0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let decoded = try CBOR.decode([Double].self, from: CBOR.encode(values))
    #expect(decoded.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `arrays at odd addresses are read`() throws {
    let values = (0..<100).map { Double($0) / 3 }
    for padding in 0..<9 {
      let padded = [UInt8](repeating: 0, count: padding) + (try CBOR.encode(values))
      let decoded = try padded.withUnsafeBytes {
        try CBOR.decode([Double].self, from: UnsafeRawBufferPointer(rebasing: $0[padding...]))
      }
      #expect(decoded == values)
    }
  }

  @Test(arguments: ["d85647000000000000f8", "d84f4101", "d8554100", "d845430000"])
  func `content that is no multiple of the elements is an error`(text: String) {
    #expect(throws: CodingFailure.self) {
      try CBOR.decode([Double].self, from: bytes("d85647000000000000f8"))
    }
    #expect(throws: (any Error).self) { try CBOR.decode([Int].self, from: bytes(text)) }
    #expect(throws: (any Error).self) { try CBOR.decode([Float].self, from: bytes(text)) }
  }

  @Test func `arrays of another type of number are a mismatch`() throws {
    #expect(throws: DecodingError.self) {
      try CBOR.decode([Double].self, from: CBOR.encode([1 as Float]))
    }
    #expect(throws: DecodingError.self) { try CBOR.decode([Int].self, from: CBOR.encode([1.0])) }
  }

  @Test func `a type that reads element by element reads typed arrays too`() throws {
    struct Slow: Codable, Equatable {
      var doubles: [Double]
      var flags: [UInt8]

      private enum CodingKeys: CodingKey { case doubles, flags }

      init(doubles: [Double], flags: [UInt8]) {
        self.doubles = doubles
        self.flags = flags
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var list = try container.nestedUnkeyedContainer(forKey: .doubles)
        doubles = []
        while !list.isAtEnd { doubles.append(try list.decode(Double.self)) }
        flags = try [UInt8](from: container.superDecoder(forKey: .flags))
      }
    }
    let value = Slow(doubles: [1.5, -0.1], flags: [1, 2, 200])
    #expect(try CBOR.decode([Slow].self, from: CBOR.encode([value, value])) == [value, value])
  }
}
