import MillraceCLI
import Testing

@testable import MillraceCLI

/// A region on a terminal of which a test sees what a person would.
private struct Stage {
  var screen: TerminalScreen
  private(set) var frame: LiveFrame?
  /// What should stand above the region.
  private(set) var above: [String] = []
  /// How often a line above had to wrap.
  private(set) var expectedWraps = 0

  init(_ columns: Int, _ rows: Int) { screen = TerminalScreen(columns: columns, rows: rows) }

  mutating func show(_ lines: [String]?, below texts: [String] = []) {
    var filter = PrintedLines()
    let printed = texts.flatMap { filter.take(Array(($0 + "\n").utf8)) }
    let new = lines.map { LiveFrame(lines: $0, size: screen.size) }
    screen.feed(LiveWriter.bytes(from: frame, above: printed, to: new))
    frame = new
    above += texts
  }

  /// Somebody writes to the terminal without asking.
  mutating func intrude(_ text: String) {
    screen.feed(Array((text + "\r\n").utf8))
    above.append(text)
  }

  /// Whether a person sees what should be there, and nothing else.
  func check(_ comment: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let region = frame.map { [""] + $0.lines } ?? []
    #expect(screen.transcript == above + region, "\(comment)", sourceLocation: sourceLocation)
    #expect(screen.unknown.isEmpty, "\(comment)", sourceLocation: sourceLocation)
    #expect(screen.isCursorVisible == (frame == nil), "\(comment)", sourceLocation: sourceLocation)
    #expect(screen.doesWrap, "\(comment)", sourceLocation: sourceLocation)
    #expect(screen.column == 0, "\(comment)", sourceLocation: sourceLocation)
    // The cursor rests above the region.
    let below = Array(screen.rows[screen.row...].map(\.text).prefix(1 + (frame?.lines.count ?? 0)))
    #expect(below == (frame == nil ? [""] : region), "\(comment)", sourceLocation: sourceLocation)
  }
}

struct LiveWriterTests {
  @Test func `a region comes, changes and goes without a trace`() {
    var stage = Stage(20, 10)
    stage.show(["a", "state 0"])
    stage.check("first")
    stage.show(["a", "bb", "state 1"], below: ["one"])
    stage.check("grown")
    stage.show(["state 2"])
    stage.check("shrunk")
    stage.show(nil, below: ["two"])
    stage.check("gone")
    #expect(stage.screen.lines == ["one", "two"])
  }

  @Test func `lines above that are too long for a row stay whole`() {
    var stage = Stage(10, 8)
    stage.show(["longer", "region"])
    for text in ["123456789", "1234567890", "12345678901", String(repeating: "x", count: 35), "ü"] {
      stage.show(["longer", "region"], below: [text])
      stage.check(text)
    }
    stage.show(nil)
    stage.check("gone")
  }

  @Test func `what tabs jump over is empty`() {
    var stage = Stage(20, 8)
    stage.show(["xxxxxxxxxxxxxxxxxx"])
    stage.show(["y"], below: ["a\tb"])
    #expect(stage.screen.lines == ["a       b", "", "y"])
  }

  @Test func `what others write is kept, and the region mended`() {
    var stage = Stage(30, 6)
    stage.show(["train", "state"])
    stage.intrude("Fatal error: boom")
    stage.show(["train", "state"])
    stage.check("one line")
    for number in 0..<9 {
      stage.intrude("message \(number)")
      stage.show(["train", "state \(number)"], below: ["line \(number)"])
      stage.check("line \(number)")
    }
  }

  @Test(arguments: [(12, 8), (7, 8), (60, 8), (20, 4), (20, 20), (9, 5), (3, 3)])
  func `nothing of the region is left when the size changes`(columns: Int, rows: Int) {
    for height in 1...6 {
      var stage = Stage(20, 8)
      stage.show(nil, below: ["one", "two", "three", "four"])
      let wide = (0..<height).map { "\($0)" + String(repeating: "w", count: 18) }
      stage.show(wide)
      stage.screen.resize(columns: columns, rows: rows)
      let lines = Array(["a", "b"].prefix(max(1, min(height, rows - 1))))
      stage.show(lines)
      stage.check("\(height) lines on \(columns) x \(rows)")
      stage.show(nil, below: ["end"])
      stage.check("\(height) lines on \(columns) x \(rows), gone")
    }
  }

  @Test(arguments: 0..<40)
  func `whatever happens, a person sees the lines and one region`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var stage = Stage(
      Int.random(in: 6...40, using: &random), Int.random(in: 5...12, using: &random))
    for step in 0..<60 {
      let columns = stage.screen.size.columns
      func text(_ limit: Int) -> String {
        String(repeating: "\(step % 10)", count: Int.random(in: 1...limit, using: &random))
      }
      switch Int.random(in: 0..<8, using: &random) {
      case 0: stage.show(nil, below: [text(columns * 2)])
      case 1 where stage.frame != nil: stage.intrude(text(columns - 1))
      case 2 where stage.frame == nil: stage.show(nil, below: [text(9), text(columns)])
      case 3:
        stage.screen.resize(
          columns: Int.random(in: 6...40, using: &random),
          rows: Int.random(in: 5...12, using: &random))
      default: break
      }
      let count = Int.random(in: 1..<stage.screen.size.rows - 1, using: &random)
      let width = stage.screen.size.columns - 1
      let above = (0..<Int.random(in: 0...2, using: &random)).map { _ in text(width * 2) }
      stage.show((0..<count).map { _ in text(width) }, below: above)
      stage.check("step \(step)")
    }
    stage.show(nil)
    stage.check("end")
  }

  @Test func `a frame that is too wide for what the terminal has become takes no more rows`() {
    var stage = Stage(20, 8)
    stage.show(["short"])
    // Made for the old size, and shown on the new one.
    let wide = LiveFrame(lines: [String(repeating: "w", count: 19), "s"], size: stage.screen.size)
    let bytes = LiveWriter.bytes(from: stage.frame, above: [], to: wide)
    stage.screen.resize(columns: 10, rows: 8)
    stage.screen.feed(bytes)
    stage.show(["right", "size"])
    stage.check("afterwards")
  }

  @Test func `a frame that only changes erases no more than ends of lines`() {
    let size = TerminalSize(columns: 20, rows: 10)
    let old = LiveFrame(lines: ["a", "b"], size: size)
    let new = LiveFrame(lines: ["a", "c"], size: size)
    let above = PrintedLine(bytes: Array("x".utf8), columns: 1)
    let text = String(decoding: LiveWriter.bytes(from: old, above: [above], to: new), as: UTF8.self)
    #expect(
      text
        == "\r\u{1b}[Kx\u{1b}[K\r\n\u{1b}[K\u{1b}[?7l\r\na\u{1b}[K\r\nc\u{1b}[K\u{1b}[?7h\r\u{1b}[2A"
    )
  }
}
