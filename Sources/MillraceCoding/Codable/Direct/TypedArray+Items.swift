extension CBORCursor {
  /// If a typed array or a byte string is next, the same numbers as an ordinary array.
  ///
  /// For types that write `[Double]` as a whole but read it element by element.
  func typedArrayAsItems() throws(CodingFailure) -> [UInt8]? {
    var copy = self
    if try peek() >> 5 == CBORMajorType.bytes.rawValue {
      return try copy.items(of: UInt8.self) { $0.append(number: $1) }
    }
    guard try peek() >> 5 == CBORMajorType.tag.rawValue else { return nil }
    switch try copy.head().argument {
    case 69: copy = self; return try copy.items(of: UInt16.self) { $0.append(number: $1) }
    case 70: copy = self; return try copy.items(of: UInt32.self) { $0.append(number: $1) }
    case 71: copy = self; return try copy.items(of: UInt64.self) { $0.append(number: $1) }
    case 72: copy = self; return try copy.items(of: Int8.self) { $0.append(number: $1) }
    case 77: copy = self; return try copy.items(of: Int16.self) { $0.append(number: $1) }
    case 78: copy = self; return try copy.items(of: Int32.self) { $0.append(number: $1) }
    case 79: copy = self; return try copy.items(of: Int64.self) { $0.append(number: $1) }
    case 85: copy = self; return try copy.items(of: Float.self) { $0.append(float: $1) }
    case 86: copy = self; return try copy.items(of: Double.self) { $0.append(double: $1) }
    default: return nil
    }
  }

  private mutating func items<Number: TypedArrayElement>(
    of type: Number.Type, append: (inout CBORWriter, Number) -> Void
  ) throws(CodingFailure) -> [UInt8]? {
    guard let content = try numbers(of: type) else { return nil }
    let values = Number.array(from: content)
    var writer = CBORWriter()
    writer.appendArrayHeader(count: values.count)
    for value in values { append(&writer, value) }
    return writer.bytes
  }
}
