/// A line that is to stand above the live region, without its end.
struct PrintedLine: Equatable, Sendable {
  var bytes: [UInt8] = []
  /// How many columns it takes; nil where that is not plain to see.
  var columns: Int? = 0
}

/// Makes lines of the bytes that somebody prints, of which nothing can disturb the terminal: colours
/// and other renditions (SGR) stay, to the end of their line, and so do tabs and what carriage returns
/// and backspaces do inside of it; other control characters and sequences are left out.
struct PrintedLines: Sendable {
  private enum State {
    case text, escape
    /// In a control sequence, of which these are the bytes behind the introducer.
    case sequence([UInt8])
    /// In a string such as a title, which a bell or `ESC \` ends.
    case string
    case stringEscape
    /// Behind a byte that begins a control character in UTF-8 (C1).
    case lead
  }

  /// What a line may have of bytes before it is cut in two.
  private static let limit = 1 << 16

  private var state = State.text
  private var line = PrintedLine()
  private var isPainted = false

  /// Takes bytes, and gives the lines that are complete with them.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [PrintedLine] {
    var lines: [PrintedLine] = []
    for byte in bytes {
      take(byte)
      guard byte == UInt8(ascii: "\n") || line.bytes.count >= Self.limit, let line = end() else {
        continue
      }
      lines.append(line)
    }
    return lines
  }

  /// What has been printed of a line that nobody ended; nil if there is nothing.
  mutating func rest() -> PrintedLine? { line.bytes.isEmpty ? nil : end() }

  private mutating func end() -> PrintedLine? {
    if isPainted { line.bytes += Array("\u{1b}[0m".utf8) }
    defer { (line, isPainted, state) = (PrintedLine(), false, .text) }
    return line
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .text: takeText(byte)
    case .lead:
      state = .text
      // U+0080 to U+009F control terminals, too.
      if !(0x80...0x9f).contains(byte) {
        add(0xc2)
        takeText(byte)
      }
    case .escape:
      switch byte {
      case UInt8(ascii: "["): state = .sequence([])
      case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
        UInt8(ascii: "_"):
        state = .string
      case 0x20...0x2f: break  // more of it follows
      default: state = .text
      }
    case .sequence(var parameters):
      if byte == 0x1b { return state = .escape }
      guard (0x40...0x7e).contains(byte) else {
        parameters.append(byte)
        // One that does not end is none.
        return state = parameters.count < 64 ? .sequence(parameters) : .text
      }
      state = .text
      let isRendition =
        byte == UInt8(ascii: "m") && parameters.allSatisfy { (0x30...0x3b).contains($0) }
      guard isRendition else { return }
      line.bytes += [0x1b, UInt8(ascii: "[")] + parameters + [byte]
      isPainted = !parameters.isEmpty && parameters != [UInt8(ascii: "0")]
    case .string:
      if byte == 0x07 { state = .text } else if byte == 0x1b { state = .stringEscape }
    case .stringEscape: state = byte == UInt8(ascii: "\\") ? .text : .string
    }
  }

  private mutating func takeText(_ byte: UInt8) {
    switch byte {
    case 0x1b: state = .escape
    case 0xc2: state = .lead
    case 0x20..<0x7f: add(byte)
    case 0x80...:
      add(byte)
      line.columns = nil
    case 0x08, 0x09, 0x0d:
      line.bytes.append(byte)
      line.columns = nil
    default: break
    }
  }

  private mutating func add(_ byte: UInt8) {
    line.bytes.append(byte)
    line.columns? += 1
  }
}
