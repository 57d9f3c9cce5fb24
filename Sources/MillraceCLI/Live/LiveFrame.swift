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

  /// - Parameters:
  ///   - old: What stands in the region; nil if it is not there.
  ///   - above: What is to come to stand above it.
  ///   - new: What is to stand there now; nil for nothing.
  static func bytes(
    from old: LiveFrame?, above: [PrintedLine], to new: LiveFrame?
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    if old != nil {
      bytes.append(UInt8(ascii: "\r"))
      let isLost = new == nil || new?.size != old?.size || !above.allSatisfy { $0.fits(old?.size) }
      bytes += isLost ? eraseBelow : eraseRest
    } else if new != nil {
      bytes += Array(hideCursor.utf8)
    }
    for line in above {
      bytes += line.bytes
      if old != nil && line.fits(old?.size) { bytes += eraseRest }
      bytes += newline
    }
    guard let new else { return old == nil ? bytes : bytes + Array(showCursor.utf8) }
    if old != nil && !above.isEmpty { bytes += eraseRest }
    for line in new.lines {
      bytes += newline
      bytes += Array(line.utf8)
      bytes += eraseRest
    }
    // Lines that there are no more.
    if let old, old.lines.count > new.lines.count { bytes += newline + eraseBelow + up(1) }
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
