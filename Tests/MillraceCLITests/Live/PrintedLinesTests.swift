import Testing

@testable import MillraceCLI

struct PrintedLinesTests {
  private static let cases: [(printed: String, lines: [String])] = [
    ("one\ntwo\n", ["one", "two"]),
    ("\n", [""]),
    ("no end", ["no end"]),
    ("a\tb\rc\u{8}d\n", ["a\tb\rc\u{8}d"]),
    ("Überfluß →\n", ["Überfluß →"]),
    ("\u{1b}[31mred\u{1b}[0m\n", ["\u{1b}[31mred\u{1b}[0m"]),
    ("\u{1b}[31mred\nplain\n", ["\u{1b}[31mred\u{1b}[0m", "plain"]),
    // Cursor, screen, mode, title, hyperlink, a set of characters, C1.
    ("a\u{1b}[2Jb\u{1b}[3Ac\u{1b}[?25hd\n", ["abcd"]),
    ("a\u{1b}]0;title\u{7}b\u{1b}]8;;x\u{1b}\\c\u{1b}(0d\n", ["abcd"]),
    ("a\u{9b}b\u{85}c\u{a9}\n", ["abc©"]),
    ("a\u{7}\u{0}\u{b}\u{c}\u{e}b\u{7f}\n", ["ab"]),
    // Not a rendition, though it ends like one.
    ("\u{1b}[>4;2mx\n", ["x"]),
    // A sequence that never ends takes no line with it.
    ("\u{1b}[31\nx\n", ["", "x"]),
    ("\u{1b}]never\nx\n", ["", "x"]),
  ]

  private func lines(_ pieces: [ArraySlice<UInt8>]) -> [PrintedLine] {
    var filter = PrintedLines()
    var lines = pieces.flatMap { filter.take($0) }
    if let rest = filter.rest() { lines.append(rest) }
    return lines
  }

  @Test(arguments: cases.indices)
  func `only what stays in its line is let through, however it comes in pieces`(index: Int) {
    let (printed, expected) = Self.cases[index]
    let bytes = Array(printed.utf8)
    for cut in bytes.indices {
      let lines = lines([bytes[..<cut], bytes[cut...]])
      #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == expected, "cut at \(cut)")
    }
  }

  @Test func `columns are told where they are plain to see`() {
    var filter = PrintedLines()
    let lines = filter.take(Array("plain\n\u{1b}[1mbold\u{1b}[0m\nü\na\tb\n\n".utf8))
    #expect(lines.map(\.columns) == [5, 4, nil, nil, 0])
  }

  @Test func `a line without an end is cut, and loses nothing`() {
    var filter = PrintedLines()
    let lines = filter.take([UInt8](repeating: UInt8(ascii: "x"), count: 100_000))
    #expect(lines.map(\.bytes.count) == [65_536])
    #expect(filter.rest()?.bytes.count == 100_000 - 65_536)
    #expect(filter.rest() == nil)
  }
}
