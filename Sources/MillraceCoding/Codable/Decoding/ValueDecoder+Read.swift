extension ValueDecoder {
  /// Reads any value.
  @inline(__always)
  func read<T: Decodable>(
    _ type: T.Type, _ cursor: inout CBORCursor, _ key: @autoclosure () -> (any CodingKey)?
  ) throws -> T {
    do throws(CodingFailure) {
      if T.self == Int.self {
        return unsafeBitCast(try cursor.integer(as: Int.self), to: T.self)
      } else if T.self == String.self {
        return unsafeBitCast(try cursor.text(), to: T.self)
      } else if T.self == Double.self {
        return unsafeBitCast(try cursor.number(), to: T.self)
      } else if T.self == Bool.self {
        return unsafeBitCast(try cursor.bool(), to: T.self)
      }
    } catch {
      throw translated(error, T.self, key())
    }
    return try readUncommon(type, &cursor, key())
  }

  /// Reads the value that nothing encloses.
  func readOutermost<T: Decodable>(_ type: T.Type, _ cursor: inout CBORCursor) throws -> T {
    if case .ownMethod = ElementDecoding(T.self) {
      return try decode(byOwnMethod: type, &cursor)
    } else {
      return try read(type, &cursor, nil)
    }
  }

  @inline(never)
  private func readUncommon<T: Decodable>(
    _ type: T.Type, _ cursor: inout CBORCursor, _ key: (any CodingKey)?
  ) throws -> T {
    do {
      switch ElementDecoding(T.self) {
      case .ownMethod:
        return try nested(key).decode(byOwnMethod: type, &cursor)
      case .leaf(let direct):
        return try open(direct, as: type, &cursor)
      case .optional(let optional):
        return try open(optional, as: type, &cursor, key)
      case .collection(let direct):
        return try nested(key).open(direct, as: type, &cursor)
      case .bytes(let convertible):
        return try openBytes(convertible, as: type, &cursor)
      }
    } catch let failure as CodingFailure {
      throw translated(failure, T.self, key)
    }
  }

  /// Reads the elements of an ordinary array.
  func readElements<T: Decodable>(
    _ type: T.Type, count: Int, _ cursor: inout CBORCursor
  ) throws -> [T] {
    var elements: [T] = []
    // No more than a small multiple of the bytes that are there, whatever the count says.
    let affordable = 4 * cursor.remaining / max(1, MemoryLayout<T>.stride) + 4
    elements.reserveCapacity(min(count, affordable))
    switch ElementDecoding(T.self) {
    case .ownMethod:
      for index in 0..<count {
        let level = try nested(CodingPathKey.index(index))
        elements.append(try level.decode(byOwnMethod: type, &cursor))
      }
    case .leaf(let direct):
      for index in 0..<count {
        do {
          elements.append(try open(direct, as: type, &cursor))
        } catch let failure as CodingFailure {
          throw translated(failure, T.self, CodingPathKey.index(index))
        }
      }
    case .optional(let optional):
      for index in 0..<count {
        let key = CodingPathKey.index(index)
        do {
          elements.append(try open(optional, as: type, &cursor, key))
        } catch let failure as CodingFailure {
          throw translated(failure, T.self, key)
        }
      }
    case .collection(let direct):
      for index in 0..<count {
        let level = try nested(CodingPathKey.index(index))
        do {
          elements.append(try level.open(direct, as: type, &cursor))
        } catch let failure as CodingFailure {
          throw level.translated(failure, T.self, nil)
        }
      }
    case .bytes(let convertible):
      for index in 0..<count {
        do {
          elements.append(try openBytes(convertible, as: type, &cursor))
        } catch let failure as CodingFailure {
          throw translated(failure, T.self, CodingPathKey.index(index))
        }
      }
    }
    return elements
  }

  // `Direct` and `T` are the same type, seen once with its conformance and once without.

  private func open<Direct: DirectlyDecodable, T>(
    _ direct: Direct.Type, as type: T.Type, _ cursor: inout CBORCursor
  ) throws -> T {
    unsafeBitCast(try Direct.decodeDirectly(&cursor, in: self), to: T.self)
  }

  private func open<Direct: OptionalDecodable, T>(
    _ direct: Direct.Type, as type: T.Type, _ cursor: inout CBORCursor, _ key: (any CodingKey)?
  ) throws -> T {
    unsafeBitCast(try Direct.decodeOptional(&cursor, in: self, key), to: T.self)
  }

  private func openBytes<Convertible: CBORByteConvertible, T>(
    _ convertible: Convertible.Type, as type: T.Type, _ cursor: inout CBORCursor
  ) throws -> T {
    unsafeBitCast(try Convertible(cborBytes: try cursor.byteString()), to: T.self)
  }
}

/// How values of a type are read. Found once for an array, not for each element.
enum ElementDecoding {
  /// By the type's own `init(from:)`.
  case ownMethod
  /// Directly, without anything nested that would have a coding path.
  case leaf(any DirectlyDecodable.Type)
  /// From null or from the value inside, which has the same place in the coding path.
  case optional(any OptionalDecodable.Type)
  /// Directly, with values nested inside.
  case collection(any DirectlyDecodable.Type)
  /// From one byte string.
  case bytes(any CBORByteConvertible.Type)

  private static let memo = StrategyMemo<Self>()

  @inline(__always)
  init<T>(_ type: T.Type) {
    self = Self.memo.strategy(for: type) { Self(asking: type) }
  }

  @inline(never)
  private init<T>(asking type: T.Type) {
    if let direct = type as? any DirectlyDecodable.Type {
      if direct.isDecodedAsLeaf {
        self = .leaf(direct)
      } else if let optional = direct as? any OptionalDecodable.Type {
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

/// A type of the standard library that the coder reads itself.
protocol DirectlyDecodable {
  /// Whether nothing that has a coding path lies inside.
  static var isDecodedAsLeaf: Bool { get }

  /// Reads one value of this type.
  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self
}

/// An `Optional`.
protocol OptionalDecodable {
  /// Reads one value of this type.
  static func decodeOptional(
    _ cursor: inout CBORCursor, in level: ValueDecoder, _ key: (any CodingKey)?
  ) throws -> Self
}
