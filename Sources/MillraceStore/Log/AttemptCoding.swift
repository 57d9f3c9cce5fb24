import MillraceCoding

extension AttemptRecord {
  private enum Field {
    static let node: UInt64 = 8
    static let number: UInt64 = 9
    static let error: UInt64 = 10
    static let isTimeout: UInt64 = 11
    /// Only if another attempt followed.
    static let delay: UInt64 = 12
  }

  func encoded() -> [UInt8] {
    var writer = RecordWriter(
      .attempt, time: time, run: run, fieldCount: delayNanoseconds == nil ? 4 : 5,
      capacity: 32 + node.utf8.count + error.utf8.count)
    writer.add(Field.node, node)
    writer.add(Field.number, UInt64(number))
    writer.add(Field.error, error)
    writer.add(Field.isTimeout, UInt64(isTimeout ? 1 : 0))
    if let delayNanoseconds { writer.add(Field.delay, delayNanoseconds) }
    return writer.payload
  }

  init(
    _ reader: inout RecordReader, from first: UInt64?, at time: LogicalTime
  ) throws(CodingFailure) {
    var (field, run, node, number) = (first, RunID?.none, String?.none, Int?.none)
    var (error, isTimeout, delay) = ("", false, UInt64?.none)
    while let known = field {
      switch known {
      case CommonField.run: run = try reader.run()
      case Field.node: node = try reader.text()
      case Field.number: number = try reader.count()
      case Field.error: error = try reader.text()
      case Field.isTimeout: isTimeout = try reader.unsigned() != 0
      case Field.delay: delay = try reader.unsigned()
      default: try reader.skip()
      }
      field = try reader.next()
    }
    guard let run, let node, let number else { throw .incompleteRecord }
    self.init(
      run: run, node: node, number: number, error: error, isTimeout: isTimeout,
      delayNanoseconds: delay, time: time)
  }
}
