import MillraceCoding
import Testing

@testable import MillraceCLI
@testable import MillraceStore

struct NameSearchTests {
  private func binding(_ name: String) -> NameBinding {
    NameBinding(
      name: name, artifact: .sha256([]), key: Key(.sha256([])), size: 4199,
      codec: "cbor/1", time: LogicalTime(nanoseconds: 1_000_000_000))
  }

  private func search(_ text: String, _ names: [String]) -> NameSearch.Outcome {
    NameSearch.search(text, pipeline: "own", in: names.map(binding))
  }

  @Test func `the pipeline's own node comes before a full name`() {
    #expect(
      search("other/report", ["other/report", "own/other/report"])
        == .found(binding("own/other/report")))
    #expect(search("other/report", ["other/report"]) == .found(binding("other/report")))
    #expect(search("report", ["other/report", "own/report"]) == .found(binding("own/report")))
  }

  @Test(arguments: ["train#3fa91c", "train#3f", "train#", "train", "own/train#3f"])
  func `digits may be cut short`(text: String) {
    #expect(
      search(text, ["own/train#3fa91c", "own/trainer", "own/other"])
        == .found(binding("own/train#3fa91c")))
  }

  @Test func `further outputs are asked for as such`() {
    let names = ["own/train#3fa91c", "own/train#3fa91c::plot", "own/fit::plot"]
    #expect(search("train", names) == .found(binding("own/train#3fa91c")))
    for text in ["train::plot", "train#3f::plot", "own/train::plot", "train#3fa91c::plot"] {
      #expect(search(text, names) == .found(binding("own/train#3fa91c::plot")))
    }
    #expect(search("fit::plot", names) == .found(binding("own/fit::plot")))
    #expect(search("fit::plan", names) == .unknown(near: ["fit::plot"]))
  }

  @Test func `several that fit are not chosen from`() {
    let names = ["own/train#3fa91c", "own/train#3fb000", "own/train#900000"]
    #expect(search("train#3f", names) == .ambiguous(["train#3fa91c", "train#3fb000"]))
    #expect(
      search("train", names) == .ambiguous(["train#3fa91c", "train#3fb000", "train#900000"]))
  }

  @Test func `the beginning of a name is no name`() {
    #expect(search("tra", ["own/train#3fa91c"]) == .unknown(near: ["train#3fa91c"]))
    #expect(search("repo", ["own/report"]) == .unknown(near: ["report"]))
  }

  @Test func `other pipelines' names are suggested in full`() {
    #expect(search("report", ["other/report"]) == .unknown(near: ["other/report"]))
    #expect(search("zebra", ["own/report"]) == .unknown(near: []))
  }

  @Test func `a list puts the pipeline's own names first`() {
    let list = NameList(pipeline: "own") { "at \($0.nanoseconds)" }
    #expect(
      list.lines(["also/a", "own/report", "own/b"].map(binding)) == [
        "report  4.1 KiB  cbor/1  at 1000000000",
        "b       4.1 KiB  cbor/1  at 1000000000",
        "also/a  4.1 KiB  cbor/1  at 1000000000",
      ])
    #expect(list.lines([]).isEmpty)
  }

  @Test func `a time has nineteen characters`() throws {
    let text = NameList.localTime(LogicalTime(nanoseconds: 1_700_000_000_000_000_000))
    #expect(try #/2023-11-1[45] \d\d:\d\d:\d\d/#.wholeMatch(in: text) != nil)
  }
}
