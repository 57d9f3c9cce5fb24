/// How much of a pool a node requests, or a run has: a whole number, of bytes where it is memory.
///
/// ```swift
/// @Task(resources: ["memory": .gib(4), "gpu": 1])
/// func train(_ rows: [Row]) -> Model { … }
/// ```
public struct ResourceAmount: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  public var value: Int

  public init(_ value: Int) { self.value = value }

  public init(integerLiteral value: Int) { self.value = value }

  /// So many units of 1,024.
  public static func kib(_ count: Int) -> ResourceAmount { units(count, shift: 10) }
  /// So many units of 1,024².
  public static func mib(_ count: Int) -> ResourceAmount { units(count, shift: 20) }
  /// So many units of 1,024³.
  public static func gib(_ count: Int) -> ResourceAmount { units(count, shift: 30) }

  /// What is too large for a number is the largest one.
  private static func units(_ count: Int, shift: Int) -> ResourceAmount {
    let (value, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
    return ResourceAmount(overflow ? (count < 0 ? .min : .max) : value)
  }

  public static func < (first: Self, second: Self) -> Bool { first.value < second.value }
}

extension ResourceAmount: LosslessStringConvertible {
  private static let units = [("gib", 30), ("mib", 20), ("kib", 10)]

  /// Reads an amount as it is written: digits, and `kib`, `mib` or `gib` in small or capital letters.
  ///
  /// - Returns: Nil for anything else, and for what is too large.
  public init?(_ text: String) {
    var digits = Substring(text.lowercased())
    var shift = 0
    if let (unit, size) = Self.units.first(where: { digits.hasSuffix($0.0) }) {
      digits.removeLast(unit.count)
      shift = size
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(digits), count <= Int.max >> shift
    else { return nil }
    value = count << shift
  }

  /// The number, in the largest unit that it is a multiple of.
  public var description: String {
    for (unit, shift) in Self.units where value > 0 && value.trailingZeroBitCount >= shift {
      return "\(value >> shift)\(unit)"
    }
    return "\(value)"
  }
}
