import MillraceGraph
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("*", "", true), ("*", "train", true), ("", "", true), ("", "a", false),
    ("train*", "train#3fa91c", true), ("train*", "retrain", false), ("*train", "retrain", true),
    ("t?ain", "train", true), ("t?ain", "tain", false), ("?", "é", true),
    ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[!a-c]x", "dx", true),
    ("[^a-c]x", "bx", false), ("[]]", "]", true), ("[a-]", "-", true), ("[a", "[a", true),
    ("\\*", "*", true), ("\\*", "a", false), ("a\\", "a\\", true),
    ("*a*b*c", "xxaxxbxxc", true), ("*a*b*c", "xxaxxbxx", false),
    ("flight/*", "flight/a/b", true), ("**", "ab", true), ("a*", "a", true),
  ])
  func `a pattern matches whole names as in a shell`(pattern: String, name: String, matches: Bool) {
    #expect(Glob(pattern).matches(name) == matches)
  }

  @Test func `many stars against a long name that does not match end soon`() {
    let pattern = String(repeating: "a*", count: 30) + "b"
    #expect(!Glob(pattern).matches(String(repeating: "a", count: 2000)))
  }
}
