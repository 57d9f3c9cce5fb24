extension CBORItem {
  /// The item as JSON that a person can read.
  ///
  /// - Numbers, texts, booleans, arrays and maps are JSON's own; null and undefined are `null`. NaN
  ///   and the infinities are the texts `"NaN"`, `"Infinity"` and `"-Infinity"`.
  /// - A byte string is `{"bytes": 3, "hex": "01ff00"}`; beyond 64 bytes with `base64` (RFC 4648 §4)
  ///   instead of `hex`.
  /// - A typed array (RFC 8746) is an array of its numbers, a set an array, a bignum a number (beyond
  ///   128 bits the text of its hexadecimal digits).
  /// - A digest among the parts of a key is `{"digest": "…"}`, a key `{"key": "…"}`. A tag that says
  ///   what a text or a number means, such as a date, leaves its content. Any other is
  ///   `{"tag": 99, "value": …}`.
  /// - A map's key that is no text is written as the text of its JSON.
  ///
  /// Nothing is left out, however long. Equal items give equal JSON, but not the other way round.
  ///
  /// - Parameter pretty: Whether to write one line for each pair and each nested value, indented by two
  ///   spaces; arrays of plain values stay on one line.
  public func json(pretty: Bool = false) -> String {
    var writer = JSONWriter(isPretty: pretty)
    writer.append(self)
    return String(decoding: writer.utf8, as: UTF8.self)
  }
}

/// Renders items as JSON.
private struct JSONWriter {
  let isPretty: Bool
  var utf8: [UInt8] = []
  private var indentation = 0

  init(isPretty: Bool) {
    self.isPretty = isPretty
  }

  mutating func append(_ item: CBORItem) {
    switch item {
    case .unsigned(let value): write(value.description)
    case .negative(let value): write((-1 - Int128(value)).description)
    case .bytes(let bytes): append(bytes)
    case .text(let text): write(quoted: text)
    case .array(let items): append(items)
    case .map(let pairs):
      append(object: pairs.map { (Self.name($0.key), $0.value) })
    case .tagged(let tag, let content): append(tag, content)
    case .bool(let value): write(value ? "true" : "false")
    case .null, .undefined: write("null")
    case .simple(let value): append(object: [("simple", .unsigned(UInt64(value)))])
    case .float(let value): append(value)
    }
  }

  private static func name(_ key: CBORItem) -> String {
    if case .text(let text) = key { text } else { key.json() }
  }

  private mutating func append(_ number: Double) {
    if number.isFinite {
      write(number.description)
    } else {
      write(number.isNaN ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\"")
    }
  }

  private mutating func append(_ bytes: [UInt8]) {
    let count = ("bytes", CBORItem.unsigned(UInt64(bytes.count)))
    if bytes.count <= 64 {
      append(object: [count, ("hex", .text(Self.hex(bytes)))])
    } else {
      append(object: [count, ("base64", .text(Base64.text(of: bytes)))])
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { Hexadecimal.text(of: $0) }
  }

  // MARK: Tags

  private mutating func append(_ tag: UInt64, _ content: CBORItem) {
    switch (tag, content) {
    case (CBORTag.digest, .bytes(let bytes)):
      append(object: [("digest", .text(Self.hex(bytes)))])
    case (CBORTag.key, .bytes(let bytes)):
      append(object: [("key", .text(Self.hex(bytes)))])
    case (CBORTag.positiveBignum, .bytes(let bytes)):
      append(bignum: bytes, isNegative: false)
    case (CBORTag.negativeBignum, .bytes(let bytes)):
      append(bignum: bytes, isNegative: true)
    case (CBORTag.set, .array), (CBORTag.present, _), (55799, _):
      append(content)
    case (0, .text), (32, .text), (1, .unsigned), (1, .negative), (1, .float):
      append(content)
    case (_, .bytes(let bytes)):
      if let numbers = TypedArrayNumbers(tag: tag, bytes: bytes) {
        append(numbers)
      } else {
        append(object: [("tag", .unsigned(tag)), ("value", content)])
      }
    default:
      append(object: [("tag", .unsigned(tag)), ("value", content)])
    }
  }

  private mutating func append(bignum bytes: [UInt8], isNegative: Bool) {
    let digits = Array(bytes.drop { $0 == 0 })
    // Below the largest, so that adding one for a negative number cannot overflow.
    if digits.count <= 15 {
      let magnitude = digits.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
      write(isNegative ? "-\(magnitude + 1)" : magnitude.description)
    } else {
      write(quoted: (isNegative ? "-1-0x" : "0x") + Self.hex(digits))
    }
  }

  private mutating func append(_ numbers: TypedArrayNumbers) {
    utf8.append(UInt8(ascii: "["))
    for index in 0..<numbers.count {
      if index > 0 { write(isPretty ? ", " : ",") }
      append(numbers[index])
    }
    utf8.append(UInt8(ascii: "]"))
  }

  // MARK: Arrays and objects

  private mutating func append(_ items: [CBORItem]) {
    let isOneLine = !isPretty || items.allSatisfy(\.isPlain)
    utf8.append(UInt8(ascii: "["))
    indentation += 1
    for (index, item) in items.enumerated() {
      if index > 0 { write(isPretty && isOneLine ? ", " : ",") }
      if !isOneLine { newLine() }
      append(item)
    }
    indentation -= 1
    if !isOneLine { newLine() }
    utf8.append(UInt8(ascii: "]"))
  }

  private mutating func append(object: [(String, CBORItem)]) {
    let isOneLine = !isPretty || object.isEmpty
    utf8.append(UInt8(ascii: "{"))
    indentation += 1
    for (index, pair) in object.enumerated() {
      if index > 0 { utf8.append(UInt8(ascii: ",")) }
      if !isOneLine { newLine() }
      write(quoted: pair.0)
      write(isPretty ? ": " : ":")
      append(pair.1)
    }
    indentation -= 1
    if !isOneLine { newLine() }
    utf8.append(UInt8(ascii: "}"))
  }

  private mutating func newLine() {
    utf8.append(UInt8(ascii: "\n"))
    utf8.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indentation))
  }

  // MARK: Text

  private mutating func write(_ text: String) {
    utf8.append(contentsOf: text.utf8)
  }

  /// Writes a JSON string (RFC 8259 §7).
  private mutating func write(quoted text: String) {
    utf8.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        utf8.append(UInt8(ascii: "\\"))
        utf8.append(byte)
      case UInt8(ascii: "\n"): write("\\n")
      case UInt8(ascii: "\r"): write("\\r")
      case UInt8(ascii: "\t"): write("\\t")
      case 0..<0x20, 0x7f:
        write("\\u00")
        utf8.append(Hexadecimal.digit(byte >> 4))
        utf8.append(Hexadecimal.digit(byte & 0xf))
      default: utf8.append(byte)
      }
    }
    utf8.append(UInt8(ascii: "\""))
  }
}

extension CBORItem {
  /// Whether the item is written without anything nested.
  fileprivate var isPlain: Bool {
    switch self {
    case .unsigned, .negative, .text, .bool, .null, .undefined, .float: true
    default: false
    }
  }
}
