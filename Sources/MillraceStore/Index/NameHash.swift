/// The hash by which bindings of a name are found: 64 bits of FNV-1a over the name's UTF-8.
///
/// It only narrows the search: what a record binds is read from the record. Names are equal if their
/// bytes are.
struct NameHash: Hashable, Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ name: String) {
    add(name)
  }

  /// The hash of `<pipeline>/<node>`.
  @inline(__always)
  init(pipeline: String, node: String) {
    add(pipeline)
    add(UInt8(ascii: "/"))
    add(node)
  }

  /// As ``init(pipeline:node:)``, of the texts' bytes.
  init(pipeline: UnsafeRawBufferPointer, node: UnsafeRawBufferPointer) {
    add(pipeline)
    add(UInt8(ascii: "/"))
    add(node)
  }

  init(value: UInt64) {
    self.value = value
  }

  /// All bits of the hash mixed, for tables that take the low ones.
  var spread: UInt64 { value ^ value >> 32 }

  @inline(__always)
  private mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  @inline(__always)
  private mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// Continues the hash with more of the name.
  @inline(__always)
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { add(byte) }
  }
}
