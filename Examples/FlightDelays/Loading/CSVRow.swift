import Millrace

/// One record of a CSV file, seen through the columns that the reader asked for.
///
/// `NA` and the empty field are missing values. Accessors take positions in the list of wanted
/// columns, as a lookup by name for each field would cost more than the parsing.
@Tracked
struct CSVRow {
  let text: UnsafeMutablePointer<UInt8>
  let bounds: UnsafeMutablePointer<Int>
  let positions: UnsafeBufferPointer<Int>
  let columns: [String]
  let file: String
  let line: Int

  /// The field's bytes.
  func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
    let position = positions[column]
    let start = bounds[2 * position]
    return UnsafeBufferPointer(start: text + start, count: bounds[2 * position + 1] - start)
  }

  /// Whether the field is `NA` or empty.
  func isMissing(_ column: Int) -> Bool {
    let field = bytes(column)
    return field.isEmpty
      || (field.count == 2 && field[0] == UInt8(ascii: "N") && field[1] == UInt8(ascii: "A"))
  }

  /// A whole number that must be there and lie in `range`.
  func integer(_ column: Int, in range: ClosedRange<Int32>) throws -> Int32 {
    guard !isMissing(column) else {
      throw error(column, "the value is missing, but every row needs one")
    }
    let value = try number(column)
    guard range.contains(value) else {
      throw error(column, "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A whole number, or ``Swift/Int32/missing``.
  func integerOrMissing(_ column: Int) throws -> Int32 {
    isMissing(column) ? .missing : try number(column)
  }

  /// A decimal number, or NaN where it is missing.
  func decimalOrMissing(_ column: Int) throws -> Double {
    guard !isMissing(column) else { return .nan }
    let field = bytes(column)
    guard let value = Double(String(decoding: field, as: UTF8.self)), value.isFinite else {
      throw error(column, "\(quoted(field)) is not a number; write NA for a missing value")
    }
    return value
  }

  /// A time such as `2013-01-31T10:00:00Z` in whole hours since 1970-01-01T00 in the same zone.
  ///
  /// A space may stand for the `T` and the `Z` may be absent; minutes and seconds are left out.
  /// Years from 1900 to 2999 are taken, whose minutes fit in 32 bits.
  func hourOfTime(_ column: Int) throws -> Int32 {
    let field = bytes(column)
    guard
      field.count >= 13,
      let year = digits(field, 0, 4), (1900...2999).contains(year), field[4] == UInt8(ascii: "-"),
      let month = digits(field, 5, 2), field[7] == UInt8(ascii: "-"),
      let day = digits(field, 8, 2),
      field[10] == UInt8(ascii: "T") || field[10] == UInt8(ascii: " "),
      let hour = digits(field, 11, 2), hour < 24,
      let date = civilDay(year: year, month: month, day: day)
    else {
      throw error(column, "\(quoted(field)) is not a time such as 2013-01-31T10:00:00Z")
    }
    return 24 * date + hour
  }

  /// An error at this row and column.
  func error(_ column: Int, _ problem: String) -> DataError {
    DataError(file: file, line: line, column: columns[column], problem)
  }

  private func number(_ column: Int) throws -> Int32 {
    let field = bytes(column)
    let negative = field.first == UInt8(ascii: "-")
    let start = negative ? 1 : 0
    // Nine digits always fit in 32 bits.
    guard field.count - start <= 9, let value = digits(field, start, field.count - start) else {
      throw error(column, "\(quoted(field)) is not a whole number; write NA for a missing value")
    }
    return negative ? -value : value
  }

  private func digits(_ field: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int32? {
    guard count > 0 else { return nil }
    var value: Int32 = 0
    var index = start
    while index < start + count {
      let digit = field[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = 10 * value + Int32(digit)
      index += 1
    }
    return value
  }

  private func quoted(_ field: UnsafeBufferPointer<UInt8>) -> String {
    let text = String(decoding: field, as: UTF8.self)
    return "'" + (text.count > 40 ? text.prefix(40) + "…" : text) + "'"
  }
}

@Tracked
extension Int32 {
  /// Stands for a missing value in integer columns.
  static let missing = Int32.min
}
