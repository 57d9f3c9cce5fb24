import MillraceGraph
import Testing

struct NameSuggestionsTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1),
    ("abc", "ab", 1), ("ab", "abc", 1), ("abc", "acb", 1), ("ca", "abc", 3),
    ("report", "reprot", 1), ("kitten", "sitting", 3),
  ])
  func `the distance counts edits`(first: String, second: String, distance: Int) {
    #expect(NameSuggestions.distance(Array(first), Array(second)) == distance)
    #expect(NameSuggestions.distance(Array(second), Array(first)) == distance)
  }

  @Test(arguments: [
    ("reprot", ["report"]), ("REPORT", ["report", "report-draft"]),
    ("rep", ["report", "report-draft"]),
    ("the report!", ["report"]), ("trian", ["train"]), ("zebra", []), ("", []), ("t", []),
  ])
  func `near names are found, the nearest first`(text: String, near: [String]) {
    let names = ["train", "report-draft", "report", "load"]
    #expect(NameSuggestions.nearest(to: text, in: names) == near)
  }

  @Test func `there are never too many`() {
    let names = (0..<9).map { "node\($0)" }
    #expect(NameSuggestions.nearest(to: "node", in: names) == ["node0", "node1", "node2"])
  }
}
