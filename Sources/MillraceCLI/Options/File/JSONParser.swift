/// Reads a JSON text (RFC 8259).
struct JSONParser {
  /// What is wrong with a text, and what to do.
  struct Problem: Error, Equatable {
    /// From 1.
    var line: Int
    /// A sentence without its beginning: `has a comma before '}'; remove it`.
    var description: String
  }

  /// No settings are as deep, and no stack is too small for it.
  private static let maximumDepth = 64

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: ``Problem`` at the first place that is wrong.
  static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
    var parser = JSONParser(bytes)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw parser.problem("is not all UTF-8; save the file in that encoding")
    }
    // Some editors begin a file so.
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { parser.position = 3 }
    try parser.skipSpace()
    let value = try parser.value()
    try parser.skipSpace()
    if parser.next != nil {
      throw parser.unexpected("nothing belongs; remove it")
    }
    return value
  }

  private func problem(_ description: String) -> Problem {
    Problem(line: line, description: description)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var isDigit: Bool {
    next.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false
  }

  /// Says that something else belongs at the position.
  private func unexpected(_ expected: String) -> Problem {
    guard next != nil else { return problem("ends where \(expected)") }
    let rest = String(decoding: bytes[position..<min(bytes.count, position + 16)], as: UTF8.self)
    return problem("has '\(rest.prefix(1))' where \(expected)")
  }

  private mutating func skipSpace() throws(Problem) {
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      case UInt8(ascii: "/"), UInt8(ascii: "#"):
        throw problem("has a comment, which JSON does not know; remove it")
      default: return
      }
      position += 1
    }
  }

  private mutating func value() throws(Problem) -> JSONValue {
    let line = line
    let content: JSONValue.Content
    switch next {
    case UInt8(ascii: "{"): content = .object(try members())
    case UInt8(ascii: "["): content = .list(try elements())
    case UInt8(ascii: "\""): content = .text(try text())
    case UInt8(ascii: "-"): content = .number(try number())
    case _ where isDigit: content = .number(try number())
    default: content = try word()
    }
    return JSONValue(content: content, line: line)
  }

  private mutating func word() throws(Problem) -> JSONValue.Content {
    let words: [(String, JSONValue.Content)] = [
      ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
    ]
    for (word, content) in words where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return content
    }
    throw unexpected("a value belongs; texts stand in double quotes")
  }

  // MARK: Lists and objects

  private mutating func elements() throws(Problem) -> [JSONValue] {
    var elements: [JSONValue] = []
    try sequence(until: UInt8(ascii: "]")) { (parser) throws(Problem) in
      elements.append(try parser.value())
    }
    return elements
  }

  private mutating func members() throws(Problem) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    try sequence(until: UInt8(ascii: "}")) { (parser) throws(Problem) in
      guard parser.next == UInt8(ascii: "\"") else {
        throw parser.unexpected("a name belongs; names stand in double quotes")
      }
      let name = try parser.text()
      if members.contains(where: { $0.name == name }) {
        throw parser.problem("says '\(name)' twice; remove one of the two")
      }
      try parser.skipSpace()
      guard parser.next == UInt8(ascii: ":") else {
        throw parser.unexpected("a colon belongs, behind '\(name)'")
      }
      parser.position += 1
      try parser.skipSpace()
      members.append(JSONValue.Member(name: name, value: try parser.value()))
    }
    return members
  }

  /// Reads what stands between brackets, with commas between.
  private mutating func sequence(
    until end: UInt8, _ element: (inout JSONParser) throws(Problem) -> Void
  ) throws(Problem) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw problem("is nested more than \(Self.maximumDepth) deep; take some of it away")
    }
    let closing = "'\(Character(Unicode.Scalar(end)))'"
    position += 1
    try skipSpace()
    while next != end {
      try element(&self)
      try skipSpace()
      switch next {
      case end: break
      case UInt8(ascii: ","):
        let comma = line
        position += 1
        try skipSpace()
        if next == end {
          throw Problem(line: comma, description: "has a comma before \(closing); remove it")
        }
      default: throw unexpected("a comma or \(closing) belongs")
      }
    }
    position += 1
    depth -= 1
  }

  // MARK: Numbers and texts

  private mutating func number() throws(Problem) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let isZero = next == UInt8(ascii: "0")
    let whole = try digits()
    if isZero && whole > 1 { throw problem("has a number that begins with 0; leave the 0 out") }
    if next == UInt8(ascii: ".") {
      position += 1
      _ = try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      _ = try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// - Returns: How many there are.
  private mutating func digits() throws(Problem) -> Int {
    let start = position
    while isDigit { position += 1 }
    if position == start { throw unexpected("a digit belongs") }
    return position - start
  }

  private mutating func text() throws(Problem) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      case 0..<0x20:
        throw problem("has a text that does not end in its line; a double quote belongs there")
      default: text.append(byte)
      }
    }
    throw problem("ends inside of a text; a double quote belongs there")
  }

  private mutating func escape() throws(Problem) -> Unicode.Scalar {
    let byte = next
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte ?? 0)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var unit = try hexadecimals()
      if 0xd800..<0xdc00 ~= unit, bytes[position...].starts(with: #"\u"#.utf8) {
        position += 2
        let low = try hexadecimals()
        if 0xdc00..<0xe000 ~= low { unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00) }
      }
      guard let scalar = Unicode.Scalar(unit) else { break }
      return scalar
    default: break
    }
    throw problem(#"has a '\' that begins nothing JSON knows; write '\\' for a '\'"#)
  }

  private mutating func hexadecimals() throws(Problem) -> UInt32 {
    let digits = bytes[position..<min(bytes.count, position + 4)]
    position += digits.count
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem(#"has a '\u' without four digits behind it"#) }
    return value
  }
}
