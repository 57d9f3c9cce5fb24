import Foundation
import Millrace
import Testing

@testable import MillraceCLI
@testable import MillraceEngine

struct JSONLineTests {
  private func line(_ event: RunEvent) -> String? { JSONLine(event)?.text }

  @Test func `a node tells what is known of it`() {
    let executed = NodeReport(
      label: .text("train#3fa91c"), task: "train", state: .executed, attempts: 2,
      duration: .microseconds(210_000), size: 4096)
    #expect(
      line(.nodeFinished(executed))
        == #"{"event":"node","name":"train#3fa91c","task":"train","state":"executed","seconds":0.21,"attempts":2,"bytes":4096}"#
    )
    let failed = NodeReport(
      label: .text("a"), task: "b", state: .failed, attempts: 1, duration: .zero,
      error: PipelineError(.taskFailed, "Node 'a' failed: \"no\"", cause: Blown()))
    #expect(
      line(.nodeFinished(failed))
        == #"{"event":"node","name":"a","task":"b","state":"failed","seconds":0.0,"attempts":1,"error":"Node 'a' failed: \"no\""}"#
    )
    let unneeded = NodeReport(
      label: .text("a"), task: "b", state: .notNeeded, attempts: 0, duration: .zero)
    #expect(line(.nodeFinished(unneeded)) == nil)
  }

  @Test func `other events have their lines`() {
    #expect(
      line(.exported(name: "report", path: "out/report.html"))
        == #"{"event":"export","name":"report","path":"out/report.html"}"#)
    #expect(
      line(.printed(name: "findings", text: "one\ntwo"))
        == #"{"event":"print","name":"findings","text":"one\ntwo"}"#)
    #expect(
      line(.attemptFailed(name: "fetch", attempt: 1, error: Blown(), delay: .seconds(2)))
        == #"{"event":"retry","name":"fetch","attempt":1,"error":"the boiler blew","delay":2.0}"#)
    #expect(
      line(
        .logged(
          name: "fetch", attempt: 2,
          line: TaskLog.Line("slow", level: .warning, source: .standardError)))
        == #"{"event":"log","name":"fetch","attempt":2,"level":"warning","source":"standardError","text":"slow"}"#
    )
    #expect(
      JSONLine.warning(
        StoreWarning(.tornTail, "It ends early.", file: "log/a.log", offset: 3)
      ).text
        == #"{"event":"warning","code":"tornTail","message":"log/a.log at byte 3: It ends early."}"#
    )
    #expect(line(.nodeStarted(NodeStart(name: .text("a")))) == nil)
  }

  @Test func `the last line of a run has its exact form`() {
    let summary = RunSummary(
      status: "succeeded", nodes: 12, executed: 3, hits: 9, failed: 0,
      duration: .milliseconds(210))
    #expect(
      JSONLine.run(summary).text
        == #"{"event":"run","status":"succeeded","nodes":12,"executed":3,"hits":9,"failed":0,"seconds":0.21}"#
    )
  }

  @Test(arguments: [
    "plain", "\"quoted\" \\ and / slashes", "lines\r\n\tand tabs", "\u{0}\u{1}\u{1f}\u{7f}",
    "Zürich 🏞 \u{2028}", "",
  ])
  func `any text survives`(text: String) throws {
    var line = JSONLine(event: "x")
    line.add("text", text)
    let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: String]
    #expect(object == ["event": "x", "text": text])
    #expect(!line.text.contains(where: \.isNewline) || text.contains("\u{2028}"))
  }

  @Test(arguments: [0, 1, -1, Int.max, Int.min])
  func `any count survives`(count: Int) {
    var line = JSONLine(event: "x")
    line.add("count", count)
    #expect(line.text == "{\"event\":\"x\",\"count\":\(count)}")
  }
}
