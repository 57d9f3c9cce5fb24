// The generic `encode` of each container also serves the protocol's requirements for `Int`, `String`
// and so on; the compiler makes a special case of it for each.

/// The keyed container of a ``ValueEncoder``.
struct KeyedValueWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: ValueEncoder
  let generation: Int

  init(encoder: ValueEncoder) {
    self.encoder = encoder
    generation = encoder.generation
  }

  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil(forKey key: Key) throws {
    try encoder.check(generation)
    try encoder.entry(Int?.none, key)
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try encoder.check(generation)
    try encoder.entry(value, key)
  }

  func encode(_ value: Int128, forKey key: Key) throws {
    try encoder.check(generation)
    try encoder.entry(value, key)
  }

  func encode(_ value: UInt128, forKey key: Key) throws {
    try encoder.check(generation)
    try encoder.entry(value, key)
  }

  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
    // Not the value alone: what is there and is encoded as null must not look absent.
    guard value != nil else { return }
    try encoder.check(generation)
    try encoder.entry(value, key)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder.deferredEntry(key).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.deferredEntry(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    encoder.deferredEntry(CodingPathKey.super)
  }

  func superEncoder(forKey key: Key) -> any Encoder {
    encoder.deferredEntry(key)
  }
}

/// The unkeyed container of a ``ValueEncoder``.
struct UnkeyedValueWriter: UnkeyedEncodingContainer {
  let encoder: ValueEncoder
  let generation: Int

  init(encoder: ValueEncoder) {
    self.encoder = encoder
    generation = encoder.generation
  }

  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.elementCount }

  func encodeNil() throws {
    try encoder.check(generation)
    try encoder.element(Int?.none)
  }

  func encode<T: Encodable>(_ value: T) throws {
    try encoder.check(generation)
    try encoder.element(value)
  }

  func encode(_ value: Int128) throws {
    try encoder.check(generation)
    try encoder.element(value)
  }

  func encode(_ value: UInt128) throws {
    try encoder.check(generation)
    try encoder.element(value)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder.deferredElement().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder.deferredElement().unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    encoder.deferredElement()
  }
}

/// The single-value container of a ``ValueEncoder``.
struct SingleValueWriter: SingleValueEncodingContainer {
  let encoder: ValueEncoder
  let generation: Int

  init(encoder: ValueEncoder) {
    self.encoder = encoder
    generation = encoder.generation
  }

  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil() throws {
    try encoder.check(generation)
    try encoder.single(Int?.none)
  }

  func encode<T: Encodable>(_ value: T) throws {
    try encoder.check(generation)
    try encoder.single(value)
  }

  func encode(_ value: Int128) throws {
    try encoder.check(generation)
    try encoder.single(value)
  }

  func encode(_ value: UInt128) throws {
    try encoder.check(generation)
    try encoder.single(value)
  }
}
