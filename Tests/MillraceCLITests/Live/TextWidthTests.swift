import Testing

@testable import MillraceCLI

struct TextWidthTests {
  @Test(arguments: [
    ("", 0), ("train", 5), ("überfluß", 8), ("日本語", 6), ("한국어", 6), ("ﾊﾝｶｸ", 4), ("Ａ", 2),
    ("e\u{301}", 1), ("😀", 2), ("❤", 1), ("❤\u{fe0f}", 2), ("a\u{200b}b", 2), ("→…", 2),
    // As terminals show it that know no clusters.
    ("👨\u{200d}👩", 4), ("\u{1100}\u{1161}", 2), ("क्षि", 3),
  ])
  func `a text takes the columns of its scalars`(text: String, columns: Int) {
    #expect(TextWidth.columns(text) == columns)
  }

  @Test(arguments: [
    (9, "clean[19]"), (8, "clea…19]"), (7, "cle…19]"), (4, "cl…]"), (3, "c…]"), (2, "c…"), (1, "…"),
    (0, ""), (-3, ""),
  ])
  func `a long name loses its middle`(limit: Int, name: String) {
    #expect(TextWidth.cut("clean[19]", to: limit) == name)
  }

  @Test(
    arguments: ["日本語の名前", "a日b本c語d", "e\u{301}e\u{301}e\u{301}e\u{301}", "👨\u{200d}👩👍🏽!"], 0...12)
  func `what is cut fits, and its characters are whole`(name: String, limit: Int) {
    let cut = TextWidth.cut(name, to: limit)
    #expect(TextWidth.columns(cut) <= limit)
    #expect(cut.allSatisfy { $0 == "…" || name.contains($0) })
  }

  @Test(arguments: [
    ("a\nb", "a\u{fffd}b"), ("\u{1b}[2J", "\u{fffd}[2J"), ("\u{9b}2J", "\u{fffd}2J"),
    ("\u{7f}", "\u{fffd}"),
    ("a\u{202e}b", "a\u{fffd}b"), ("plain", "plain"),
  ])
  func `control characters do no harm`(text: String, harmless: String) {
    #expect(TextWidth.harmless(text) == harmless)
  }
}
