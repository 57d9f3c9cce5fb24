import Millrace

// The exponential and the logarithm in plain arithmetic. A C library's may differ in the last bit
// from one machine to the next, and with it every weight and the report; these cannot.

/// *e* to the power of `x`, to about one part in 10¹⁵.
///
/// `x` is taken between −700 and 700, where neither 0 nor infinity is near; NaN gives NaN.
@Tracked
func exponential(_ x: Double) -> Double {
  guard x == x else { return x }
  let bounded = x < -700 ? -700 : x > 700 ? 700 : x
  // x = k · ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts keeps r exact.
  let k = (bounded * 1.442_695_040_888_963_4).rounded()
  let r = (bounded - k * 6.931_471_803_691_238e-1) - k * 1.908_214_929_270_587_7e-10
  // The Taylor series to r¹³ leaves less than 10⁻¹⁷.
  var sum = 1 + r / 13
  sum = 1 + r * sum / 12
  sum = 1 + r * sum / 11
  sum = 1 + r * sum / 10
  sum = 1 + r * sum / 9
  sum = 1 + r * sum / 8
  sum = 1 + r * sum / 7
  sum = 1 + r * sum / 6
  sum = 1 + r * sum / 5
  sum = 1 + r * sum / 4
  sum = 1 + r * sum / 3
  sum = 1 + r * sum / 2
  sum = 1 + r * sum
  return sum * Double(bitPattern: UInt64(Int64(k) + 1023) << 52)
}

/// The natural logarithm of a positive normal number, to about one part in 10¹⁵.
@Tracked
func logarithm(_ x: Double) -> Double {
  // x = m · 2ᵏ with m between √½ and √2.
  var k = Double(x.exponent)
  var m = x.significand
  if m > 1.414_213_562_373_095 {
    m /= 2
    k += 1
  }
  // ln m = 2 artanh((m − 1) / (m + 1)); s² < 0.03, so eleven terms leave less than 10⁻¹⁷.
  let s = (m - 1) / (m + 1)
  let square = s * s
  var sum = 0.0
  var term = 21.0
  while term > 0 {
    sum = sum * square + 1 / term
    term -= 2
  }
  return k * 6.931_471_803_691_238e-1 + (2 * s * sum + k * 1.908_214_929_270_587_7e-10)
}

/// 1 / (1 + *e*⁻ˣ).
@Tracked
func logistic(_ x: Double) -> Double {
  1 / (1 + exponential(-x))
}

/// What a prediction costs: −ln of the probability given to what happened, held above 10⁻¹⁵.
@Tracked
func logLoss(_ probability: Double, late: Bool) -> Double {
  let given = late ? probability : 1 - probability
  return -logarithm(given < 1e-15 ? 1e-15 : given)
}
