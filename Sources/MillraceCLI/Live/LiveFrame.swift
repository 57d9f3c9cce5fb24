/// What stands in the live region at a time.
struct LiveFrame: Equatable, Sendable {
  /// Each takes fewer columns than the terminal has.
  var lines: [String]
  /// The terminal's size that they were made for.
  var size: TerminalSize
}

/// Columns and rows of a terminal.
struct TerminalSize: Equatable, Sendable {
  var columns: Int
  var rows: Int
}

/// Makes the bytes that lead from one frame to the next.
///
/// Between frames the cursor rests at the beginning of an empty line *above* the region, and a frame is
/// drawn from wherever the cursor is. So the region needs no knowledge of its place:
///
/// - What somebody else writes, such as the message of a task that traps or the echo of a key, comes to
///   stand on the empty line. The next frame stands one line lower, and the line is kept.
/// - A terminal that becomes narrower breaks the region's lines in more rows than are known here. All of
///   them are below the cursor, so erasing from there on removes them.
///
/// Each frame is one piece of bytes, and its lines are erased behind their text rather than before,
/// so nothing flickers. Every line is written, even if only one has changed: that mends what others wrote
/// over the region, and is a few hundred bytes.
enum LiveWriter {
  static let hideCursor = "\u{1b}[?25l"
  static let showCursor = "\u{1b}[?25h"
  /// Erases from the cursor to the end of its line.
  private static let eraseRest = Array("\u{1b}[K".utf8)
  /// Erases from the cursor to the end of the screen.
  private static let eraseBelow = Array("\u{1b}[J".utf8)
  private static let newline = Array("\r\n".utf8)
  /// Lets text end at the last column (DECAWM). Lines are short enough for the size that was asked for,
  /// but that may have changed since, and terminals may take more columns for a character.
  private static let clip = Array("\u{1b}[?7l".utf8)
  private static let wrap = Array("\u{1b}[?7h".utf8)

  /// - Parameters:
  ///   - old: What stands in the region; nil if it is not there.
  ///   - above: What is to come to stand above it.
  ///   - new: What is to stand there now; nil for nothing.
  static func bytes(
    from old: LiveFrame?, above: [PrintedLine], to new: LiveFrame?
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    // Where it is known which rows change, each is erased behind its text; otherwise all before.
    let isKnown = old?.size == new?.size && above.allSatisfy { $0.fits(new?.size) }
    if old != nil {
      bytes.append(UInt8(ascii: "\r"))
      bytes += isKnown ? eraseRest : eraseBelow
    } else if new != nil {
      bytes += Array(hideCursor.utf8)
    }
    for line in above {
      bytes += line.bytes
      if old != nil && isKnown { bytes += eraseRest }
      bytes += newline
    }
    guard let new else { return old == nil ? bytes : bytes + Array(showCursor.utf8) }
    if old != nil && isKnown && !above.isEmpty { bytes += eraseRest }
    bytes += clip
    for line in new.lines {
      bytes += newline
      bytes += Array(line.utf8)
      bytes += eraseRest
    }
    bytes += wrap
    // Lines that there are no more.
    if let old, isKnown, old.lines.count > new.lines.count { bytes += newline + eraseBelow + up(1) }
    bytes.append(UInt8(ascii: "\r"))
    return bytes + up(new.lines.count)
  }

  private static func up(_ lines: Int) -> [UInt8] {
    lines > 0 ? Array("\u{1b}[\(lines)A".utf8) : []
  }
}

extension PrintedLine {
  /// Whether it is known to take one row of a terminal.
  fileprivate func fits(_ size: TerminalSize?) -> Bool {
    guard let columns, let size else { return false }
    return columns < size.columns
  }
}
