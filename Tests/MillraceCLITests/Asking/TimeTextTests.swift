import MillraceStore
import Testing

@testable import MillraceCLI

struct TimeTextTests {
  @Test(arguments: [
    ("2026-11-01T14:05:09Z", "2026-11-01T14:05:09Z"), ("2026-11-01 14:05Z", "2026-11-01T14:05:59Z"),
    ("2026-11-01Z", "2026-11-01T23:59:59Z"), ("1970-01-01Z", "1970-01-01T23:59:59Z"),
    ("2024-02-29Z", "2024-02-29T23:59:59Z"),
  ])
  func `a day or a minute stands for its end`(text: String, expected: String) throws {
    #expect(TimeStamp.text(try TimeText(text).time) == expected)
  }

  @Test(arguments: [
    "", "yesterday", "2026", "2026-13-01", "2026-11-31Z", "2026-11-01 25:00", "2026-11-01 1:5",
    "2026-11-01T14:05:09:11", "2026-11-01T", "26-11-01", "2026-11-01 14:05 Z", "1969-12-31Z",
  ])
  func `what is no time is refused with examples`(text: String) {
    let problem = #expect(throws: Settings.Problem.self) { try TimeText(text) }
    #expect(problem?.description.contains("write '2026-11-01'") == true)
  }
}
