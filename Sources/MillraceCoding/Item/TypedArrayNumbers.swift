/// The numbers of any typed array of RFC 8746 §2.1 but those of 128-bit floats.
struct TypedArrayNumbers {
  private let bytes: [UInt8]
  private let width: Int
  private let isFloat: Bool
  private let isSigned: Bool
  private let isLittleEndian: Bool

  /// Takes the tag apart: binary 010 *f s e ll*.
  ///
  /// `nil` if the tag is none of these, or if the length does not fit.
  init?(tag: UInt64, bytes: [UInt8]) {
    guard 64...87 ~= tag, tag != 76, tag != 83, tag != 87 else { return nil }
    isFloat = tag & 0b10000 != 0
    isSigned = tag & 0b1000 != 0
    let sizeExponent = Int(tag & 0b11) + (isFloat ? 1 : 0)
    width = 1 << sizeExponent
    // 68 is 64 with a note on arithmetic; one byte has no order.
    isLittleEndian = tag & 0b100 != 0
    guard bytes.count % width == 0 else { return nil }
    self.bytes = bytes
  }

  var count: Int { bytes.count / width }

  subscript(index: Int) -> CBORItem {
    var bits: UInt64 = 0
    for position in 0..<width {
      let place = isLittleEndian ? width - 1 - position : position
      bits = bits << 8 | UInt64(bytes[index * width + place])
    }
    if isFloat {
      switch width {
      case 2: return .float(Double(CBORWriter.single(ofHalf: UInt16(truncatingIfNeeded: bits))))
      case 4: return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
      default: return .float(Double(bitPattern: bits))
      }
    }
    let isNegative = isSigned && bits >> UInt64(8 * width - 1) == 1
    guard isNegative else { return .unsigned(bits) }
    let unused = UInt64(64 - 8 * width)
    return .negative((~bits << unused) >> unused)
  }
}
