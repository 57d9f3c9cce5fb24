import Millrace

/// Maps numbers of the data linearly to a plot's units.
@Tracked
struct Scale {
  var domain: ClosedRange<Double>
  /// Where the ends of the domain lie; the second may be smaller, as *y* grows downward.
  var start: Double
  var end: Double

  /// The place of a number.
  func callAsFunction(_ value: Double) -> Double {
    let width = domain.upperBound - domain.lowerBound
    return start + (value - domain.lowerBound) / (width > 0 ? width : 1) * (end - start)
  }

  /// Round numbers in the domain, about `count` of them, whose step is 1, 2 or 5 times a power of
  /// ten.
  func ticks(about count: Int) -> [Double] {
    let step = Scale.step(for: domain.upperBound - domain.lowerBound, about: count)
    var index = (domain.lowerBound / step - 1e-9).rounded(.up)
    var result: [Double] = []
    while index * step <= domain.upperBound + step * 1e-9 {
      result.append(index * step)
      index += 1
    }
    return result
  }

  /// The smallest whole number of such steps that holds `value`.
  static func roundedUp(_ value: Double, about count: Int) -> Double {
    let step = step(for: value, about: count)
    return (value / step - 1e-9).rounded(.up) * step
  }

  private static func step(for width: Double, about count: Int) -> Double {
    guard width > 0, width.isFinite else { return 1 }
    let rough = width / Double(max(count, 1))
    var power = 1.0
    while power > rough { power /= 10 }
    while power * 10 <= rough { power *= 10 }
    let digit = rough / power
    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10)
  }
}
