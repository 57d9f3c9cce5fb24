/// The decoder that a value's `init(from:)` gets.
///
/// There is one for each level of nesting, used again for each value on its level.
final class ValueDecoder: Decoder {
  let source: DecodingSource
  let depth: Int
  private let parent: ValueDecoder?
  @exclusivity(unchecked) private var child: ValueDecoder?
  /// The step from the parent to this value.
  @exclusivity(unchecked) private var key: (any CodingKey)?
  /// Where the value starts.
  @exclusivity(unchecked) private(set) var start = 0
  /// Where it ends, once that is known.
  @exclusivity(unchecked) var end: Int?

  init(source: DecodingSource, depth: Int, parent: ValueDecoder?, key: (any CodingKey)?) {
    self.source = source
    self.depth = depth
    self.parent = parent
    self.key = key
  }

  var userInfo: [CodingUserInfoKey: Any] { source.userInfo }

  var codingPath: [any CodingKey] {
    var path: [any CodingKey] = []
    var level: ValueDecoder? = self
    while let here = level {
      if let key = here.key { path.append(key) }
      level = here.parent
    }
    return path.reversed()
  }

  /// Breaks the ties between the levels, which would keep each other alive.
  func release() {
    child = nil
  }

  /// The decoder for a value inside this one.
  func nested(_ key: (any CodingKey)?) throws(CodingFailure) -> ValueDecoder {
    if let child {
      child.key = key
      return child
    }
    let made = try separate(key)
    child = made
    return made
  }

  /// A decoder for a value inside this one that is not used again for others.
  func separate(_ key: (any CodingKey)?, at place: Int = 0) throws(CodingFailure) -> ValueDecoder {
    guard depth + 1 < CBOR.maximumDepth else {
      var failure = CodingFailure.tooDeep(at: place == 0 ? nil : place)
      failure.codingPath = codingPath
      throw failure
    }
    let made = ValueDecoder(source: source, depth: depth + 1, parent: self, key: key)
    made.start = place
    source.register(made)
    return made
  }

  /// Reads a value by its own `init(from:)`, this being the decoder that it gets.
  func decode<T: Decodable>(
    byOwnMethod type: T.Type, _ cursor: inout CBORCursor
  ) throws -> T {
    start = cursor.offset
    end = nil
    let pairCount = source.pairs.count
    defer { source.pairs.removeLast(max(0, source.pairs.count - pairCount)) }
    let value = try T(from: self)
    if let end {
      cursor.offset = end
    } else {
      try skip(&cursor)
    }
    return value
  }

  private func skip(_ cursor: inout CBORCursor) throws {
    do throws(CodingFailure) {
      try cursor.skip()
    } catch {
      throw translated(error, Any.self, nil)
    }
  }

  // MARK: Containers

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    var cursor = source.cursor(at: start)
    do throws(CodingFailure) {
      let pairs = try source.index(&cursor)
      end = cursor.offset
      return KeyedDecodingContainer(KeyedValueReader<Key>(decoder: self, pairs: pairs))
    } catch {
      throw translated(error, [String: Any].self, nil)
    }
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    var cursor = source.cursor(at: start)
    do throws(CodingFailure) {
      if let numbers = try cursor.typedArrayAsItems() {
        return try unkeyed(numbers)
      }
      if cursor.isTag(CBORTag.set) { _ = try cursor.head() }
      let count = try cursor.arrayCount()
      return UnkeyedValueReader(decoder: self, cursor: cursor, count: count)
    } catch {
      throw translated(error, [Any].self, nil)
    }
  }

  /// A container over an ordinary array that was made from a typed one.
  private func unkeyed(_ items: [UInt8]) throws(CodingFailure) -> UnkeyedValueReader {
    let copy = DecodingSource(keeping: items, for: source)
    let decoder = ValueDecoder(source: copy, depth: depth, parent: parent, key: key)
    source.register(decoder)
    var cursor = copy.cursor(at: 0)
    let count = try cursor.arrayCount()
    return UnkeyedValueReader(decoder: decoder, cursor: cursor, count: count)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    SingleValueReader(decoder: self)
  }

  // MARK: Errors

  /// The error for a type that was asked for: Swift's own where the bytes are well-formed.
  func translated(
    _ failure: CodingFailure, _ type: Any.Type, _ key: (any CodingKey)?
  ) -> any Error {
    guard failure.codingPath.isEmpty else { return failure }
    var failure = failure
    failure.codingPath = codingPath + (key.map { [$0] } ?? [])
    let context = DecodingError.Context(
      codingPath: failure.codingPath, debugDescription: failure.message, underlyingError: failure)
    switch failure.code {
    case .unexpectedItem:
      let isNull = failure.offset.map { source.cursor(at: $0).isNull } ?? false
      return isNull
        ? DecodingError.valueNotFound(type, context) : DecodingError.typeMismatch(type, context)
    case .outOfRange:
      return DecodingError.dataCorrupted(context)
    default:
      return failure
    }
  }
}
