import Testing

@testable import MillraceCLI

struct ProgressLinesTests {
  private let lines = ProgressLines(isColoured: false)

  /// A run in its middle.
  private var busy: ProgressView {
    var view = ProgressView()
    view.rows = [
      .init(name: "train[forest, 500 trees]", duration: .seconds(125), attempt: 2),
      .init(name: "train[linear]", duration: .seconds(12)),
      .init(
        name: "fetch[2021]", duration: .milliseconds(1900), attempt: 3, wait: .milliseconds(3100)),
      .init(name: "räumen[日本]", duration: .seconds(1)),
    ]
    (view.running, view.waiting) = (17, 1)
    (view.done, view.total, view.hits, view.failed) = (26, 44, 9, 1)
    view.elapsed = .seconds(151)
    view.left = .seconds(40)
    return view
  }

  @Test(arguments: [
    (
      100,
      [
        "  train[forest, 500 trees]  2 min 05 s  attempt 2",
        "  train[linear]                   12 s",
        "  fetch[2021]                      1 s  attempt 3 in 4 s",
        "  … and 15 more",
        "[===========>         ] 26/44  17 running, 1 waiting, 9 hits, 1 failed  2 min 31 s, about 40 s left",
      ]
    ),
    (
      80,
      [
        "  train[forest, 500 trees]  2 min 05 s  attempt 2",
        "  train[linear]                   12 s",
        "  fetch[2021]                      1 s  attempt 3 in 4 s",
        "  … and 15 more",
        "[==========>         ] 26/44  17 running, 1 failed  2 min 31 s, about 40 s left",
      ]
    ),
    (
      40,
      [
        "  train[fore…00 trees]  2m05s  #2",
        "  train[linear]           12s",
        "  fetch[2021]              1s  #3 in 4s",
        "  … and 15 more",
        "26/44  1 failed  2m31s, ~40s left",
      ]
    ),
    (
      20,
      [
        "  train…ees]  2m05s",
        "  train…ear]    12s",
        "  fetch…021]     1s",
        "  … and 15 more",
        "26/44  1 failed",
      ]
    ),
  ])
  func `a frame has what there is room for`(columns: Int, frame: [String]) {
    #expect(lines.all(of: busy, on: TerminalSize(columns: columns, rows: 15)) == frame)
  }

  @Test(arguments: 1...130)
  func `nothing reaches the last column`(columns: Int) {
    var views = [busy, ProgressView(), ProgressView(isPlanned: false)]
    var ending = busy
    (ending.isEnding, ending.mayGrow) = (true, true)
    views.append(ending)
    for isColoured in [false, true] {
      for view in views {
        for rows in [1, 2, 3, 6, 9, 24, 100] {
          let size = TerminalSize(columns: columns, rows: rows)
          let lines = ProgressLines(isColoured: isColoured).all(of: view, on: size)
          var filter = PrintedLines()
          for line in lines {
            // Without what paints it.
            var screen = TerminalScreen(columns: columns, rows: 1)
            screen.feed(filter.take(Array((line + "\n").utf8))[0].bytes)
            #expect(screen.wraps == 0 && screen.column < columns, "\(line)")
          }
          #expect(lines.count <= max(1, min(8, rows / 3)), "\(rows) rows")
          #expect(lines.isEmpty == (rows < 2 || columns < 2), "\(rows) rows")
        }
      }
    }
  }

  @Test func `parts are left out in the order that is written down`() {
    let marks = ["hits", "waiting", "running", "[", "left", "2m31s", "failed", "26/44"]
    var gone: [String] = []
    // Where times are written short, so that nothing else changes.
    for columns in (8...60).reversed() {
      let state = lines.all(of: busy, on: TerminalSize(columns: columns, rows: 2)).last ?? ""
      let missing = marks.filter { !state.contains($0) }
      #expect(missing == Array(marks.prefix(missing.count)), "\(columns): \(state)")
      gone = missing
    }
    #expect(gone == Array(marks.dropLast()))
  }

  @Test(arguments: [(24, 8, 4), (15, 5, 3), (9, 3, 1), (6, 2, 0), (5, 1, 0), (3, 1, 0)])
  func `as many rows are taken as a third of the terminal has, and no more than eight`(
    rows: Int, lines count: Int, named: Int
  ) {
    let shown = lines.all(of: busy, on: TerminalSize(columns: 80, rows: rows))
    #expect(shown.count == min(count, 6))
    #expect(shown.dropLast().count { !$0.hasPrefix("  …") && !$0.hasSuffix("running") } == named)
  }

  @Test func `all rows are shown if they fit`() {
    var view = busy
    (view.running, view.waiting) = (3, 1)
    let shown = lines.all(of: view, on: TerminalSize(columns: 80, rows: 15))
    #expect(shown[3] == "  räumen[日本]                     1 s")
    #expect(shown.count == 5)
  }

  @Test(arguments: [
    (0, 10, "[                    ]"), (1, 10, "[=>                  ]"),
    (5, 10, "[=========>          ]"),
    (9, 10, "[=================>  ]"), (10, 10, "[====================]"),
    (999, 1000, "[==================> ]"), (0, 0, "[                    ]"),
  ])
  func `a bar is full when all is done, and not before`(done: Int, total: Int, bar: String) {
    var view = ProgressView()
    (view.done, view.total) = (done, total)
    let text = "\(done)/\(total)  0 running  0s"
    let size = TerminalSize(columns: bar.count + text.count + 2, rows: 2)
    #expect(lines.all(of: view, on: size) == ["\(bar) \(text)"])
  }

  @Test func `a total that may rise, a plan and an end are said`() {
    let size = TerminalSize(columns: 60, rows: 2)
    var view = ProgressView()
    (view.done, view.total, view.mayGrow) = (3, 9, true)
    #expect(lines.all(of: view, on: size)[0].contains(" 3/9+ "))
    view.isEnding = true
    #expect(lines.all(of: view, on: size)[0].contains("ending  3/9+"))
    var planning = ProgressView(isPlanned: false)
    planning.elapsed = .seconds(75)
    #expect(lines.all(of: planning, on: size) == ["planning  1m15s"])
  }

  @Test func `names cannot move the cursor`() {
    var view = ProgressView()
    view.rows = [.init(name: "a\u{1b}[2J\nb", duration: .zero)]
    view.running = 1
    let shown = lines.all(of: view, on: TerminalSize(columns: 80, rows: 24))
    #expect(shown[0] == "  a\u{fffd}[2J\u{fffd}b  0 s")
  }

  @Test func `only what matters is coloured`() {
    let shown = ProgressLines(isColoured: true).all(
      of: busy, on: TerminalSize(columns: 100, rows: 24))
    #expect(shown[1] == "  train[linear]             \u{1b}[2m      12 s\u{1b}[0m")
    #expect(shown.last?.contains("9 hits, \u{1b}[1;31m1 failed\u{1b}[0m  2 min") == true)
  }
}
