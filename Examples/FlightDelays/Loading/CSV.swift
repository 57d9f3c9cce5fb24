import Millrace

/// Reads a CSV file record by record and hands the wanted columns of each to `row`.
///
/// The dialect is RFC 4180's, read generously: lines end in LF, CRLF or CR, a byte order mark and
/// blank lines are skipped, the last line may lack its end, and other columns than the wanted ones
/// may stand anywhere. Fields are never copied unless they hold a doubled quote.
///
/// - Parameters:
///   - bytes: The file, in UTF-8.
///   - name: What messages call the file.
///   - columns: The wanted columns; a row's accessors take positions in this list.
///   - row: Called once per record, in order; the row is valid only during the call.
/// - Throws: ``DataError`` with file, line and column if a wanted column is missing or stands there
///   twice, if a record has more or fewer fields than the header, or if quotes do not match; and
///   what `row` throws.
/// - Complexity: O(bytes), one pass.
@Tracked
func readCSV(
  _ bytes: [UInt8],
  name: String,
  columns: [String],
  row: (CSVRow) throws -> Void
) throws {
  // A copy of its own, because doubled quotes are undone in place.
  var bytes = bytes
  try bytes.withUnsafeMutableBufferPointer { buffer in
    guard let text = buffer.baseAddress else { throw DataError(file: name, "the file is empty") }
    var scanner = CSVScanner(text: text, count: buffer.count, name: name)
    let header = try scanner.header()
    var positions: [Int] = []
    for column in columns {
      guard let position = header.firstIndex(of: column) else {
        throw DataError(
          file: name, line: scanner.line, column: column,
          "the header lacks this column; it has \(header.joined(separator: ", "))")
      }
      guard header.lastIndex(of: column) == position else {
        throw DataError(
          file: name, line: scanner.line, column: column, "the header has this column twice")
      }
      positions.append(position)
    }

    let bounds = UnsafeMutablePointer<Int>.allocate(capacity: 2 * header.count)
    defer { bounds.deallocate() }
    try positions.withUnsafeBufferPointer { positions in
      while try scanner.record(into: bounds, fields: header.count) {
        try row(
          CSVRow(
            text: text, bounds: bounds, positions: positions, columns: columns, file: name,
            line: scanner.line))
      }
    }
  }
}

/// Cuts text into records and fields.
@Tracked
private struct CSVScanner {
  let text: UnsafeMutablePointer<UInt8>
  let count: Int
  let name: String
  /// The line on which the record last read began.
  private(set) var line = 0
  private var position = 0
  private var nextLine = 1

  init(text: UnsafeMutablePointer<UInt8>, count: Int, name: String) {
    self.text = text
    self.count = count
    self.name = name
    if count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { position = 3 }
  }

  /// Reads the first record as names.
  mutating func header() throws -> [String] {
    guard skipBlankLines() else { throw DataError(file: name, "the file is empty") }
    line = nextLine
    var names: [String] = []
    var ended = false
    while !ended {
      let field = try field(names.count, ended: &ended)
      names.append(String(decoding: UnsafeBufferPointer(rebasing: field), as: UTF8.self))
    }
    return names
  }

  /// Reads one record's field bounds, start and end alternately; false at the end of the text.
  mutating func record(into bounds: UnsafeMutablePointer<Int>, fields: Int) throws -> Bool {
    guard skipBlankLines() else { return false }
    line = nextLine
    var index = 0
    var ended = false
    while !ended {
      let field = try field(index, ended: &ended)
      if index < fields {
        bounds[2 * index] = field.startIndex
        bounds[2 * index + 1] = field.endIndex
      }
      index += 1
    }
    guard index == fields else {
      throw DataError(
        file: name, line: line,
        "the record has \(index) fields where the header has \(fields); is the file cut short?")
    }
    return true
  }

  private mutating func skipBlankLines() -> Bool {
    while position < count {
      if text[position] == .lineFeed {
        nextLine += 1
      } else if text[position] == .carriageReturn {
        if position + 1 < count, text[position + 1] == .lineFeed { position += 1 }
        nextLine += 1
      } else {
        return true
      }
      position += 1
    }
    return false
  }

  /// Reads one field and its separator; `ended` says whether the record ends with it.
  private mutating func field(
    _ index: Int, ended: inout Bool
  ) throws -> Slice<UnsafeBufferPointer<UInt8>> {
    var start = position
    var end = position
    if position < count, text[position] == .quote {
      start += 1
      end = try unquote(from: start)
    } else {
      while end < count {
        let byte = text[end]
        if byte == .comma || byte == .lineFeed || byte == .carriageReturn { break }
        end += 1
      }
      position = end
    }

    ended = true
    if position < count {
      switch text[position] {
      case .comma:
        ended = false
      case .lineFeed:
        nextLine += 1
      case .carriageReturn:
        nextLine += 1
        if position + 1 < count, text[position + 1] == .lineFeed { position += 1 }
      default:
        throw DataError(
          file: name, line: line,
          "text follows the closing quote of field \(index + 1); double the quotes inside it")
      }
      position += 1
    }
    return UnsafeBufferPointer(start: text, count: count)[start..<end]
  }

  /// Undoes doubled quotes in place, leaves `position` behind the closing quote and returns the
  /// end of the content.
  private mutating func unquote(from start: Int) throws -> Int {
    var read = start
    var write = start
    while read < count {
      let byte = text[read]
      if byte == .quote {
        guard read + 1 < count, text[read + 1] == .quote else {
          position = read + 1
          return write
        }
        read += 1
      } else if byte == .lineFeed {
        nextLine += 1
      }
      text[write] = byte
      write += 1
      read += 1
    }
    throw DataError(file: name, line: line, "a quoted field is never closed")
  }
}

@Tracked
extension UInt8 {
  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let comma = UInt8(ascii: ",")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
}
