/// The encoder that a value's `encode(to:)` gets.
///
/// There is one for each level of nesting, used again for each value on its level. What is written
/// goes straight to the shared output; when the value's `encode(to:)` has returned, `finish` sorts
/// the map in place. A nested container or super encoder, which may be written to in any order with
/// its parent, gets an output of its own and is merged in `finish`.
final class ValueEncoder: Encoder {
  enum Shape { case nothing, single, keyed, unkeyed }

  /// A container that is merged into this value when the value is finished.
  struct Deferred {
    /// Which entry or element it is.
    var place: Int
    /// Where in the bytes it belongs.
    var offset: Int
    var encoder: ValueEncoder
  }

  let output: EncodingOutput
  let depth: Int
  private let parent: ValueEncoder?
  @exclusivity(unchecked) private var child: ValueEncoder?
  /// The step from the parent to this value.
  @exclusivity(unchecked) private var key: (any CodingKey)?

  @exclusivity(unchecked) private(set) var shape = Shape.nothing
  @exclusivity(unchecked) private var start = 0
  @exclusivity(unchecked) private var entries: [EntryRange] = []
  @exclusivity(unchecked) private(set) var elementCount = 0
  @exclusivity(unchecked) private var deferred: [Deferred] = []
  @exclusivity(unchecked) private var failure: CodingFailure?
  /// Tells the value of now from earlier ones on this level.
  @exclusivity(unchecked) private(set) var generation = 0

  init(output: EncodingOutput, depth: Int, parent: ValueEncoder?, key: (any CodingKey)?) {
    self.output = output
    self.depth = depth
    self.parent = parent
    self.key = key
  }

  var userInfo: [CodingUserInfoKey: Any] { output.userInfo }

  var codingPath: [any CodingKey] {
    var path: [any CodingKey] = []
    var level: ValueEncoder? = self
    while let here = level {
      if let key = here.key { path.append(key) }
      level = here.parent
    }
    return path.reversed()
  }

  /// Breaks the ties between the levels, which would keep each other alive.
  func release() {
    var level: ValueEncoder? = self
    while let here = level {
      level = here.child
      here.child = nil
      here.releaseDeferred()
    }
  }

  private func releaseDeferred() {
    guard !deferred.isEmpty else { return }
    for item in deferred { item.encoder.release() }
    deferred.removeAll()
  }

  // MARK: Nesting

  /// The encoder for a value inside this one.
  func nested(_ key: (any CodingKey)?) throws(CodingFailure) -> ValueEncoder {
    if let child {
      child.key = key
      return child
    }
    guard depth + 1 < CBOR.maximumDepth else {
      var failure = CodingFailure.tooDeep(at: nil)
      failure.codingPath = codingPath
      throw failure
    }
    let made = ValueEncoder(output: output, depth: depth + 1, parent: self, key: key)
    child = made
    return made
  }

  /// Writes a value by its own `encode(to:)`, this being the encoder that it gets.
  func encode<T: Encodable>(byOwnMethod value: T) throws {
    let outer = output.activeDepth
    begin()
    defer { output.activeDepth = outer }
    try value.encode(to: self)
    try finish()
  }

  private func begin() {
    shape = .nothing
    start = output.count
    elementCount = 0
    generation += 1
    if !entries.isEmpty { entries.removeAll(keepingCapacity: true) }
    releaseDeferred()
    failure = nil
    output.activeDepth = depth
  }

  private func finish() throws {
    if let failure { throw failure }
    if !deferred.isEmpty { try mergeDeferred() }
    switch shape {
    case .nothing:
      // A value that writes nothing is like a value without properties.
      output.writer.appendMapHeader(count: 0)
    case .single:
      if elementCount == 0 { output.writer.appendMapHeader(count: 0) }
    case .keyed:
      do throws(CodingFailure) {
        try output.writer.close(.map, at: start, sorting: &entries)
      } catch {
        var failure = error
        failure.codingPath = codingPath
        throw failure
      }
    case .unkeyed:
      output.writer.close(.array, at: start, count: elementCount)
    }
  }

  // MARK: Containers

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    enter(.keyed)
    return KeyedEncodingContainer(KeyedValueWriter<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    enter(.unkeyed)
    return UnkeyedValueWriter(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    enter(.single)
    return SingleValueWriter(encoder: self)
  }

  /// Starts the deferred value of a nested container or super encoder.
  func beginDeferred() { begin() }

  private func enter(_ wanted: Shape) {
    if shape == .nothing {
      shape = wanted
      if wanted != .single { start = output.writer.open() }
    } else if shape != wanted {
      fail("A value asked its encoder for two containers of different kinds; use one kind.")
    }
  }

  /// Notes misuse in a method that cannot throw; `finish` throws it.
  func fail(_ message: String) {
    failure = failure ?? CodingFailure(.misuse, message, codingPath: codingPath)
  }

  // MARK: Writing

  /// Throws unless this level may write now.
  @inline(__always)
  func check(_ generation: Int) throws {
    guard generation == self.generation, output.activeDepth == depth else {
      throw CodingFailure(
        .misuse, "A container was used outside the 'encode(to:)' that asked for it.",
        codingPath: codingPath)
    }
  }

  /// Writes one pair of the map.
  @inline(__always)
  func entry<T: Encodable>(_ value: T, _ key: some CodingKey) throws {
    let start = output.count
    output.writer.append(text: key.stringValue)
    let keyEnd = output.count
    do {
      try write(value, key)
    } catch {
      output.truncate(to: start)
      throw error
    }
    entries.append(EntryRange(start: start, keyEnd: keyEnd, end: output.count))
  }

  /// Writes one element of the array.
  @inline(__always)
  func element<T: Encodable>(_ value: T) throws {
    let start = output.count
    do {
      try write(value, CodingPathKey.index(elementCount))
    } catch {
      output.truncate(to: start)
      throw error
    }
    elementCount += 1
  }

  /// Writes the one value.
  @inline(__always)
  func single<T: Encodable>(_ value: T) throws {
    guard elementCount == 0 else {
      throw CodingFailure(
        .misuse, "A value encoded two values into its single-value container; encode one.",
        codingPath: codingPath)
    }
    let start = output.count
    do {
      try write(value, nil)
    } catch {
      output.truncate(to: start)
      throw error
    }
    elementCount = 1
  }

  // MARK: Deferred values

  /// An encoder with an output of its own, for an entry of the map.
  func deferredEntry(_ key: some CodingKey) -> ValueEncoder {
    let start = output.count
    output.writer.append(text: key.stringValue)
    let end = output.count
    entries.append(EntryRange(start: start, keyEnd: end, end: end))
    return deferred(place: entries.count - 1, key)
  }

  /// An encoder with an output of its own, for an element of the array.
  func deferredElement() -> ValueEncoder {
    elementCount += 1
    return deferred(place: elementCount - 1, CodingPathKey.index(elementCount - 1))
  }

  private func deferred(place: Int, _ key: any CodingKey) -> ValueEncoder {
    let separate = EncodingOutput(userInfo: output.userInfo)
    let encoder = ValueEncoder(output: separate, depth: depth + 1, parent: self, key: key)
    if depth + 1 >= CBOR.maximumDepth {
      failure = failure ?? .tooDeep(at: nil)
    }
    encoder.beginDeferred()
    deferred.append(Deferred(place: place, offset: output.count, encoder: encoder))
    return encoder
  }

  /// Puts the bytes of nested containers and super encoders where they belong.
  private func mergeDeferred() throws {
    var merged = Array(output.writer.bytes[start...])
    var shift = 0
    var added = [Int](repeating: 0, count: entries.count + 1)
    for item in deferred {
      try item.encoder.finish()
      let bytes = item.encoder.output.writer.bytes
      let place = item.offset - start + shift
      merged.replaceSubrange(place..<place, with: bytes)
      shift += bytes.count
      if shape == .keyed { added[item.place] = bytes.count }
    }
    var moved = 0
    for index in entries.indices {
      entries[index].start += moved
      entries[index].keyEnd += moved
      moved += added[index]
      entries[index].end += moved
    }
    output.truncate(to: start)
    output.writer.bytes.append(contentsOf: merged)
  }
}
