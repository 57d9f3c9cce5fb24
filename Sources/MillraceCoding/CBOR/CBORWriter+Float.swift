extension CBORWriter {
  /// Appends a floating-point number in the shortest of the three widths that keeps its value.
  ///
  /// Every NaN is written as the one half-precision NaN `f97e00`; -0.0 stays distinct from 0.0.
  public mutating func append(double value: Double) {
    let bits = value.bitPattern
    guard let narrow = Self.singleBits(ofDouble: bits) else {
      append(0xfb, bits)
      return
    }
    append(singleBits: narrow)
  }

  /// Appends a floating-point number, which is the same number as a `Double`.
  public mutating func append(float value: Float) {
    append(singleBits: value.isNaN ? 0x7fc0_0000 : value.bitPattern)
  }

  private mutating func append(singleBits bits: UInt32) {
    if let half = Self.halfBits(ofSingle: bits) {
      append(0xf9, half)
    } else {
      append(0xfa, bits)
    }
  }

  /// The single-precision pattern of the same value, or `nil` when there is none.
  static func singleBits(ofDouble bits: UInt64) -> UInt32? {
    let value = Double(bitPattern: bits)
    if value.isNaN { return 0x7fc0_0000 }
    let single = Float(value)
    return Double(single) == value ? single.bitPattern : nil
  }

  /// The half-precision pattern of the same value, or `nil` when there is none.
  ///
  /// By hand, because `Float16` does not exist on every platform.
  static func halfBits(ofSingle bits: UInt32) -> UInt16? {
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let exponent = Int(bits >> 23 & 0xff)
    let fraction = bits & 0x7f_ffff
    switch exponent {
    case 0:
      // Single-precision subnormals are far below the smallest half.
      return fraction == 0 ? sign : nil
    case 255:
      return fraction == 0 ? sign | 0x7c00 : 0x7e00
    case 113...142:
      guard fraction & 0x1fff == 0 else { return nil }
      return sign | UInt16(exponent - 112) << 10 | UInt16(truncatingIfNeeded: fraction >> 13)
    case 103...112:
      // A half-precision subnormal counts in units of 2^-24.
      let significand = fraction | 0x80_0000
      let shift = 126 - exponent
      guard significand & (1 << shift - 1) == 0 else { return nil }
      return sign | UInt16(truncatingIfNeeded: significand >> shift)
    default:
      return nil
    }
  }

  /// The value of a half-precision pattern.
  static func single(ofHalf half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10 & 0x1f)
    let fraction = UInt32(half & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 31:
      return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
