extension ValueEncoder {
  /// Writes any value.
  ///
  /// The comparisons of types come first because a dynamic cast costs more than all of them. Where
  /// the compiler knows the type, it decides them.
  @inline(__always)
  func write<T: Encodable>(_ value: T, _ key: @autoclosure () -> (any CodingKey)?) throws {
    if T.self == Int.self {
      output.writer.append(integer: unsafeBitCast(value, to: Int.self))
    } else if T.self == String.self {
      output.writer.append(text: unsafeBitCast(value, to: String.self))
    } else if T.self == Double.self {
      output.writer.append(double: unsafeBitCast(value, to: Double.self))
    } else if T.self == Bool.self {
      output.writer.append(bool: unsafeBitCast(value, to: Bool.self))
    } else {
      try writeUncommon(value, key())
    }
  }

  /// Writes the value that nothing encloses.
  func writeOutermost<T: Encodable>(_ value: T) throws {
    if case .ownMethod = ElementEncoding(T.self) {
      try encode(byOwnMethod: value)
    } else {
      try write(value, nil)
    }
  }

  @inline(never)
  private func writeUncommon<T: Encodable>(_ value: T, _ key: (any CodingKey)?) throws {
    switch ElementEncoding(T.self) {
    case .ownMethod:
      try nested(key).encode(byOwnMethod: value)
    case .leaf(let type):
      try withUnsafePointer(to: value) {
        try type.encodeRun(at: UnsafeRawPointer($0), count: 1, in: self)
      }
    case .optional(let type):
      try withUnsafePointer(to: value) {
        try type.encodeOptional(at: UnsafeRawPointer($0), in: self, key)
      }
    case .collection(let type):
      let level = try nested(key)
      try withUnsafePointer(to: value) {
        try type.encodeRun(at: UnsafeRawPointer($0), count: 1, in: level)
      }
    case .bytes(let type):
      withUnsafePointer(to: value) {
        encodeByteRun(of: type, at: UnsafeRawPointer($0), count: 1)
      }
    }
  }

  /// Writes values that lie one after another in memory, as one item each.
  func writeRun<T: Encodable>(_ values: UnsafeBufferPointer<T>) throws {
    guard let base = values.baseAddress else { return }
    switch ElementEncoding(T.self) {
    case .ownMethod:
      for index in values.indices {
        try nested(CodingPathKey.index(index)).encode(byOwnMethod: values[index])
      }
    case .leaf(let type):
      try type.encodeRun(at: UnsafeRawPointer(base), count: values.count, in: self)
    case .optional(let type):
      for index in values.indices {
        let key = CodingPathKey.index(index)
        try type.encodeOptional(at: UnsafeRawPointer(base + index), in: self, key)
      }
    case .collection(let type):
      for index in values.indices {
        let level = try nested(CodingPathKey.index(index))
        try type.encodeRun(at: UnsafeRawPointer(base + index), count: 1, in: level)
      }
    case .bytes(let type):
      encodeByteRun(of: type, at: UnsafeRawPointer(base), count: values.count)
    }
  }

  private func encodeByteRun<T: CBORByteConvertible>(
    of type: T.Type, at pointer: UnsafeRawPointer, count: Int
  ) {
    let values = UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: type), count: count)
    for value in values {
      value.withUnsafeCBORBytes { output.writer.append(bytes: $0) }
    }
  }
}

/// How values of a type are written. Found once for an array, not for each element.
enum ElementEncoding {
  /// By the type's own `encode(to:)`.
  case ownMethod
  /// Directly, without anything nested that would have a coding path.
  case leaf(any DirectlyEncodable.Type)
  /// As null or as the value inside, which has the same place in the coding path.
  case optional(any OptionalEncodable.Type)
  /// Directly, with values nested inside.
  case collection(any DirectlyEncodable.Type)
  /// As one byte string.
  case bytes(any CBORByteConvertible.Type)

  private static let memo = StrategyMemo<Self>()

  @inline(__always)
  init<T>(_ type: T.Type) {
    self = Self.memo.strategy(for: type) { Self(asking: type) }
  }

  @inline(never)
  private init<T>(asking type: T.Type) {
    if let direct = type as? any DirectlyEncodable.Type {
      if direct.isLeaf {
        self = .leaf(direct)
      } else if let optional = direct as? any OptionalEncodable.Type {
        self = .optional(optional)
      } else {
        self = .collection(direct)
      }
    } else if let convertible = type as? any CBORByteConvertible.Type {
      self = .bytes(convertible)
    } else {
      self = .ownMethod
    }
  }
}

/// A type of the standard library that the coder writes itself.
protocol DirectlyEncodable {
  /// Whether nothing that has a coding path lies inside.
  static var isLeaf: Bool { get }

  /// Writes `count` values of this type that lie at `pointer`, as one item each.
  static func encodeRun(
    at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder
  ) throws
}

/// An `Optional`.
protocol OptionalEncodable {
  /// Writes the value of this type that lies at `pointer`.
  static func encodeOptional(
    at pointer: UnsafeRawPointer, in level: ValueEncoder, _ key: (any CodingKey)?
  ) throws
}

extension DirectlyEncodable {
  /// The values at a pointer.
  static func run(
    at pointer: UnsafeRawPointer, count: Int
  ) -> UnsafeBufferPointer<Self> {
    UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Self.self), count: count)
  }
}
