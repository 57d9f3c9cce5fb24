/// A number type whose arrays are written as one block of memory (RFC 8746 §2).
protocol TypedArrayElement: BitwiseCopyable {
  /// The tag of the little-endian array; `nil` for a plain byte string.
  static var arrayTag: UInt64? { get }

  /// Gives every NaN in little-endian memory the same bits.
  static func makeCanonical(_ content: UnsafeMutableRawBufferPointer)

  /// The value whose bytes are reversed.
  var byteSwappedValue: Self { get }
}

extension TypedArrayElement where Self: FixedWidthInteger {
  static func makeCanonical(_ content: UnsafeMutableRawBufferPointer) {}
  var byteSwappedValue: Self { byteSwapped }
}

extension UInt8: TypedArrayElement {
  // Bytes are far more often a blob than numbers, so they are what CBOR has for blobs.
  static var arrayTag: UInt64? { nil }
}
extension UInt16: TypedArrayElement { static var arrayTag: UInt64? { 69 } }
extension UInt32: TypedArrayElement { static var arrayTag: UInt64? { 70 } }
extension UInt64: TypedArrayElement { static var arrayTag: UInt64? { 71 } }
extension UInt: TypedArrayElement {
  static var arrayTag: UInt64? { MemoryLayout<UInt>.size == 8 ? 71 : 70 }
}
extension Int8: TypedArrayElement { static var arrayTag: UInt64? { 72 } }
extension Int16: TypedArrayElement { static var arrayTag: UInt64? { 77 } }
extension Int32: TypedArrayElement { static var arrayTag: UInt64? { 78 } }
extension Int64: TypedArrayElement { static var arrayTag: UInt64? { 79 } }
extension Int: TypedArrayElement {
  static var arrayTag: UInt64? { MemoryLayout<Int>.size == 8 ? 79 : 78 }
}

extension Float: TypedArrayElement {
  static var arrayTag: UInt64? { 85 }
  var byteSwappedValue: Self { Self(bitPattern: bitPattern.byteSwapped) }

  static func makeCanonical(_ content: UnsafeMutableRawBufferPointer) {
    canonicalize(
      content, as: UInt32.self, magnitude: 0x7fff_ffff, infinity: 0x7f80_0000, nan: 0x7fc0_0000)
  }
}

extension Double: TypedArrayElement {
  static var arrayTag: UInt64? { 86 }
  var byteSwappedValue: Self { Self(bitPattern: bitPattern.byteSwapped) }

  static func makeCanonical(_ content: UnsafeMutableRawBufferPointer) {
    canonicalize(
      content, as: UInt64.self, magnitude: 0x7fff_ffff_ffff_ffff,
      infinity: 0x7ff0_0000_0000_0000, nan: 0x7ff8_0000_0000_0000)
  }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  extension Float16: TypedArrayElement {
    static var arrayTag: UInt64? { 84 }
    var byteSwappedValue: Self { Self(bitPattern: bitPattern.byteSwapped) }

    static func makeCanonical(_ content: UnsafeMutableRawBufferPointer) {
      canonicalize(content, as: UInt16.self, magnitude: 0x7fff, infinity: 0x7c00, nan: 0x7e00)
    }
  }
#endif

/// Replaces every NaN among floats of `Bits` wide, little-endian.
///
/// The sign and payload of a computed NaN depend on the processor, so they may not enter a key.
@inline(__always)
private func canonicalize<Bits: FixedWidthInteger & BitwiseCopyable>(
  _ content: UnsafeMutableRawBufferPointer, as type: Bits.Type, magnitude: Bits, infinity: Bits,
  nan: Bits
) {
  let size = MemoryLayout<Bits>.size
  let count = content.count / size
  guard let base = content.baseAddress else { return }
  // The first pass only looks, a stretch at a time, without branches, so that it runs at the speed
  // of memory; NaNs are rare.
  let stretch = 2048
  for first in stride(from: 0, to: count, by: stretch) {
    let end = min(first + stretch, count)
    var found: Bits = 0
    for index in first..<end {
      let bits = Bits(littleEndian: base.loadUnaligned(fromByteOffset: index * size, as: Bits.self))
      found |= (bits & magnitude) > infinity ? 1 : 0
    }
    guard found != 0 else { continue }
    for index in first..<end {
      let bits = Bits(littleEndian: base.loadUnaligned(fromByteOffset: index * size, as: Bits.self))
      guard bits & magnitude > infinity else { continue }
      base.storeBytes(of: nan.littleEndian, toByteOffset: index * size, as: Bits.self)
    }
  }
}

extension CBORWriter {
  /// Appends numbers as a typed array.
  mutating func append<Number: TypedArrayElement>(
    numbers: UnsafeBufferPointer<Number>
  ) {
    if let tag = Number.arrayTag { append(tag: tag) }
    let source = UnsafeRawBufferPointer(numbers)
    append(bytes: source)
    guard Number.arrayTag != nil else { return }
    bytes.withUnsafeMutableBytes { all in
      let content = UnsafeMutableRawBufferPointer(rebasing: all[(all.count - source.count)...])
      if 1.littleEndian != 1 { Number.swapBytes(in: content) }
      Number.makeCanonical(content)
    }
  }
}

extension TypedArrayElement {
  /// Reverses the bytes of every number, for machines that are big-endian.
  static func swapBytes(in content: UnsafeMutableRawBufferPointer) {
    let size = MemoryLayout<Self>.size
    for offset in stride(from: 0, to: content.count, by: size) {
      let value = content.loadUnaligned(fromByteOffset: offset, as: Self.self)
      content.storeBytes(of: value.byteSwappedValue, toByteOffset: offset, as: Self.self)
    }
  }
}
