@testable import MillraceCLI

/// A terminal of which a test sees what a person would: a screen of cells, what has left it at the top, and
/// a cursor. It knows the few control sequences that Millrace writes, and notes any other.
struct TerminalScreen {
  struct Row: Equatable {
    /// A character a column; nil right of one that takes two.
    var cells: [Character?] = []
    /// Whether the next row goes on with what did not fit.
    var isBroken = false

    var text: String {
      var text = String(cells.compactMap { $0 })
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  private(set) var size: TerminalSize
  private(set) var rows: [Row]
  private(set) var scrollback: [Row] = []
  private(set) var row = 0
  private(set) var column = 0
  private(set) var isCursorVisible = true
  private(set) var doesWrap = true
  /// Control characters and sequences that it does not know.
  private(set) var unknown: [String] = []
  /// How often text went on in the next row.
  private(set) var wraps = 0
  private var pending: [UInt8] = []

  init(columns: Int, rows: Int) {
    size = TerminalSize(columns: columns, rows: rows)
    self.rows = Array(repeating: Row(), count: rows)
  }

  /// The screen's lines, without what is empty below.
  var lines: [String] {
    var lines = rows.map(\.text)
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// All lines since the beginning, those that were broken put together again.
  var transcript: [String] {
    var lines: [String] = []
    var isBroken = false
    for row in scrollback + rows {
      if isBroken { lines[lines.count - 1] += row.text } else { lines.append(row.text) }
      isBroken = row.isBroken
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  // MARK: Bytes

  mutating func feed(_ bytes: [UInt8]) {
    pending += bytes
    var position = 0
    while position < pending.count {
      guard let count = take(pending[position...]) else { break }
      position += count
    }
    pending.removeFirst(position)
  }

  /// - Returns: How many bytes were taken; nil if there are not enough.
  private mutating func take(_ bytes: ArraySlice<UInt8>) -> Int? {
    let first = bytes.first!  // asked for with at least one
    switch first {
    case 0x1b: return takeSequence(bytes)
    case UInt8(ascii: "\r"): column = 0
    case UInt8(ascii: "\n"): lineFeed()
    case UInt8(ascii: "\t"): column = min(size.columns - 1, (column / 8 + 1) * 8)
    case 0x08: column = max(0, min(column, size.columns - 1) - 1)
    case 0x20..<0x7f: put(Unicode.Scalar(first))
    case 0x80...:
      let count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
      guard bytes.count >= count else { return nil }
      let text = String(decoding: bytes.prefix(count), as: UTF8.self)
      for scalar in text.unicodeScalars { put(scalar) }
      return count
    default: unknown.append("\\x\(String(first, radix: 16))")
    }
    return 1
  }

  private mutating func takeSequence(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count > 1 else { return nil }
    guard bytes.dropFirst().first == UInt8(ascii: "[") else {
      unknown.append("escape")
      return 1
    }
    guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7e).contains($0) }) else {
      return nil
    }
    let sequence = String(decoding: bytes.dropFirst(2)[...end], as: UTF8.self)
    switch sequence {
    case "K": erase(row, from: column)
    case "J":
      erase(row, from: column)
      for below in rows.indices.dropFirst(row + 1) { rows[below] = Row() }
    case "?7l": doesWrap = false
    case "?7h": doesWrap = true
    case "?25l": isCursorVisible = false
    case "?25h": isCursorVisible = true
    default:
      switch sequence.last {
      case "A": row = max(0, row - (Int(sequence.dropLast()) ?? 1))
      case "m": break
      default: unknown.append(sequence)
      }
    }
    return end - bytes.startIndex + 1
  }

  private mutating func erase(_ row: Int, from column: Int) {
    // Behind a full row many terminals erase its last column.
    let column = min(column, size.columns - 1)
    if rows[row].cells.count > column { rows[row].cells.removeSubrange(column...) }
    rows[row].isBroken = false
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = TextWidth.columns(scalar)
    guard width > 0 else {
      // It joins the character before.
      if column > 0, column <= rows[row].cells.count,
        let place = rows[row].cells[..<column].lastIndex(where: { $0 != nil }),
        let character = rows[row].cells[place]
      {
        rows[row].cells[place] = Character(String(character) + String(scalar))
      }
      return
    }
    if column + width > size.columns, !doesWrap {
      column = size.columns - width
    } else if column + width > size.columns {
      rows[row].isBroken = true
      wraps += 1
      column = 0
      lineFeed()
    }
    while rows[row].cells.count < column + width { rows[row].cells.append(" ") }
    rows[row].cells[column] = Character(scalar)
    if width == 2 { rows[row].cells[column + 1] = nil }
    column += width
  }

  private mutating func lineFeed() {
    row += 1
    guard row == size.rows else { return }
    scrollback.append(rows.removeFirst())
    rows.append(Row())
    row -= 1
  }

  // MARK: Resizing

  /// Changes the size as terminals do that break lines anew: what was broken is put together, and all is
  /// broken for the new width; what does not fit leaves at the top, but the cursor stays on the screen.
  mutating func resize(columns: Int, rows count: Int) {
    var broken: [Row] = []
    var cursor = (row: 0, column: 0)
    var logical: [Character?] = []
    var start = 0
    let all = scrollback + rows
    let cursorRow = scrollback.count + row
    let last = max(cursorRow, all.lastIndex { !$0.text.isEmpty } ?? 0)
    var offset: Int?
    for (index, row) in all[...last].enumerated() {
      if index == cursorRow { offset = logical.count + column }
      logical += row.cells
      if row.isBroken && index < last {
        while logical.count % size.columns != 0 { logical.append(" ") }
        continue
      }
      start = broken.count
      broken += Self.broken(logical, in: columns)
      if let place = offset {
        cursor = (min(start + place / columns, broken.count - 1), place % columns)
        offset = nil
      }
      logical = []
    }
    let top = min(max(0, broken.count - count), cursor.row)
    scrollback = Array(broken[..<top])
    rows = Array(broken[top...].prefix(count))
    while rows.count < count { rows.append(Row()) }
    (row, column) = (cursor.row - top, cursor.column)
    size = TerminalSize(columns: columns, rows: count)
  }

  private static func broken(_ cells: [Character?], in columns: Int) -> [Row] {
    var cells = cells[...]
    while cells.last == " " { cells.removeLast() }
    var rows: [Row] = []
    repeat {
      rows.append(Row(cells: Array(cells.prefix(columns)), isBroken: cells.count > columns))
      cells = cells.dropFirst(columns)
    } while !cells.isEmpty
    return rows
  }
}
