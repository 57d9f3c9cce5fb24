import MillraceCoding
import Testing

@Suite struct StrictDecodingTests {
  private func code<T: Decodable>(_ text: String, _ type: T.Type) -> CodingFailure.Code? {
    #expect(throws: CodingFailure.self) { try CBOR.decode(type, from: bytes(text)) }?.code
  }

  @Test func `maps must be sorted, with each key once`() {
    #expect(code("a2617900617801", Point.self) == .notDeterministic)
    #expect(code("a3617800617901617901", Point.self) == .duplicateKey)
    #expect(code("a2020001" + "00", [Int: Int].self) == .notDeterministic)
    #expect(code("a201000100", [Int: Int].self) == .duplicateKey)
    #expect(code("d90102820101", Set<Int>.self) == .duplicateKey)
    #expect(code("d90102820201", Set<Int>.self) == .notDeterministic)
  }

  @Test func `keys that are equal only once decoded are refused`() {
    // 0 and 0.0 are different items, and the same Double.
    #expect(code("a20000f9000000", [Double: Int].self) == .duplicateKey)
    #expect(code("d90102820" + "0f90000", Set<Double>.self) == .duplicateKey)
  }

  @Test func `only the shortest forms are accepted`() {
    #expect(code("1801", Int.self) == .notDeterministic)
    #expect(code("fb3ff0000000000000", Double.self) == .notDeterministic)
    #expect(code("9f01ff", [Int].self) == .notDeterministic)
    #expect(code("7f6161ff", String.self) == .notDeterministic)
    #expect(code("c24101", Int128.self) == .notDeterministic)
    #expect(code("c24a00010000000000000000", Int128.self) == .notDeterministic)
  }

  @Test func `text must be UTF-8`() {
    #expect(code("62c328", String.self) == .invalidText)
    #expect(code("816180", [String].self) == .invalidText)
    #expect(code("a1618000", [String: Int].self) == .invalidText)
  }

  @Test func `another shape is Swift's own error, with the path`() throws {
    let encoded = try CBOR.encode(["k": [["x": 1, "y": 2], ["x": 1]]])
    do {
      _ = try CBOR.decode([String: [Point]].self, from: encoded)
      Issue.record("a key is missing")
    } catch DecodingError.keyNotFound(let key, let context) {
      #expect(key.stringValue == "y")
      #expect(context.codingPath.map(\.stringValue) == ["k", "1"])
    }
    do {
      _ = try CBOR.decode([String: [Point]].self, from: CBOR.encode(["k": [["x": "1", "y": "2"]]]))
      Issue.record("a text is no integer")
    } catch DecodingError.typeMismatch(_, let context) {
      #expect(context.codingPath.map(\.stringValue) == ["k", "0", "x"])
      #expect(context.underlyingError is CodingFailure)
    }
    do {
      _ = try CBOR.decode([Int].self, from: bytes("8201f6"))
      Issue.record("null is no integer")
    } catch DecodingError.valueNotFound(_, let context) {
      #expect(context.codingPath.map(\.stringValue) == ["1"])
    }
  }

  @Test func `damage is our own error, with path and place`() throws {
    let failure = #expect(throws: CodingFailure.self) {
      try CBOR.decode([Point].self, from: bytes("81a26178" + "1801" + "617900"))
    }
    #expect(failure?.offset == 4)
    #expect(failure?.codingPath.map(\.stringValue) == ["0"])
    #expect(failure?.description.contains("(notDeterministic, byte 4)") == true)
    #expect(failure?.description.contains("At [0].") == true)
  }

  @Test func `misuse of containers is an error`() {
    struct Twice: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(1)
        try container.encode(2)
      }
    }
    struct Mixed: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(1)
        var other = encoder.singleValueContainer()
        try other.encode(2)
      }
    }
    struct Repeated: Encodable {
      enum CodingKeys: CodingKey { case a }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(1, forKey: .a)
        try container.encode(2, forKey: .a)
      }
    }
    func code(_ value: some Encodable) -> CodingFailure.Code? {
      #expect(throws: CodingFailure.self) { try CBOR.encode([value]) }?.code
    }
    #expect(code(Twice()) == .misuse)
    #expect(code(Mixed()) == .misuse)
    #expect(code(Repeated()) == .duplicateKey)
  }

  @Test func `a value that fails and is left out leaves nothing behind`() throws {
    struct Failing: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode("half")
        throw CancellationError()
      }
    }
    struct Tolerant: Encodable {
      enum CodingKeys: CodingKey { case a, b, c }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(1, forKey: .a)
        try? container.encode(Failing(), forKey: .b)
        try? container.encode([Failing()], forKey: .b)
        try container.encode(3, forKey: .c)
      }
    }
    #expect(hex(try CBOR.encode(Tolerant())) == "a2616101616303")
  }

  @Test func `a container that outlives its value cannot read freed memory`() throws {
    struct Thief: Decodable {
      nonisolated(unsafe) static var stolen: (any UnkeyedDecodingContainer)?
      init(from decoder: any Decoder) throws { Self.stolen = try decoder.unkeyedContainer() }
    }
    _ = try CBOR.decode(Thief.self, from: bytes("82016161"))
    #expect(throws: (any Error).self) { try Thief.stolen?.decode(Int.self) }
  }
}
