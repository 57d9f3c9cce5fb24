import MillraceGraph

/// What becomes of the bytes of one of a child's streams: kept, and cut into lines for the log.
struct StreamSink: Sendable {
  enum Keeping: Sendable {
    case all, nothing
    /// This many bytes from the end.
    case last(Int)
  }

  private let keeping: Keeping
  private let log: TaskLog
  private let source: TaskLog.Source
  private var kept: [UInt8] = []
  /// The line that has not ended yet.
  private var line: [UInt8] = []

  /// Longer lines are cut, since a program may write none at all.
  static let longestLine = 16 << 10

  init(keeping: Keeping, log: TaskLog, source: TaskLog.Source) {
    self.keeping = keeping
    self.log = log
    self.source = source
  }

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    switch keeping {
    case .nothing: break
    case .all: kept += bytes
    case .last(let limit):
      kept += bytes
      // Not at every call, so that a byte is moved about once.
      if kept.count > 2 * limit { kept.removeFirst(kept.count - limit) }
    }
    guard log.isRead else { return }
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      addToLine(rest[..<end])
      endLine()
      rest = rest[(end + 1)...]
    }
    addToLine(rest)
  }

  /// Ends the last line, if it has no end of its own.
  mutating func finish() {
    if !line.isEmpty { endLine() }
  }

  /// All that is kept of everything.
  var bytes: [UInt8] { kept }

  /// What is kept of the end.
  var lastBytes: [UInt8] {
    if case .last(let limit) = keeping { Array(kept.suffix(limit)) } else { kept }
  }

  /// The last lines that are not empty.
  func lastLines(_ count: Int) -> [String] {
    lastBytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
      .suffix(count).map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func addToLine(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while line.count + rest.count > Self.longestLine {
      let room = Self.longestLine - line.count
      line += rest.prefix(room)
      rest = rest.dropFirst(room)
      endLine()
    }
    line += rest
  }

  private mutating func endLine() {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    log.write(TaskLog.Line(text, source: source))
  }
}
