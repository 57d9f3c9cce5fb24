/// Times, sizes and counts as people read them.
enum Amounts {
  /// `0.004 s`, `0.21 s`, `12.34 s`, `2 min 05 s`, `3 h 07 min`.
  static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let microseconds = max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    let milliseconds = (microseconds + 500) / 1000
    if milliseconds < 100 { return "0.\(padded(milliseconds, to: 3)) s" }
    let hundredths = (microseconds + 5000) / 10_000
    if hundredths < 6000 { return "\(hundredths / 100).\(padded(hundredths % 100, to: 2)) s" }
    let whole = (microseconds + 500_000) / 1_000_000
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60, to: 2)) s" }
    return "\(whole / 3600) h \(padded(whole % 3600 / 60, to: 2)) min"
  }

  /// `7 s`, `2 min 05 s`, `3 h 07 min`; in short `7s`, `2m05s`, `3h07m`. Fractions are left out.
  static func clock(_ duration: Duration, isShort: Bool = false) -> String {
    let whole = max(0, duration.components.seconds)
    if whole < 60 { return isShort ? "\(whole)s" : "\(whole) s" }
    let isMinutes = whole < 3600
    let (large, small) =
      isMinutes ? (whole / 60, whole % 60) : (whole / 3600, whole % 3600 / 60)
    let rest = padded(small, to: 2)
    if isShort { return isMinutes ? "\(large)m\(rest)s" : "\(large)h\(rest)m" }
    return isMinutes ? "\(large) min \(rest) s" : "\(large) h \(rest) min"
  }

  /// `512 B`, `4.1 KiB`, `120 MiB`.
  static func size(_ bytes: Int) -> String {
    if bytes < 1024 { return "\(bytes) B" }
    var tenths = Double(bytes) * 10 / 1024
    for unit in ["KiB", "MiB", "GiB"] {
      // Before rounding would make 1024 of it.
      if tenths < 99.5 {
        let rounded = Int(tenths.rounded())
        return "\(rounded / 10).\(rounded % 10) \(unit)"
      }
      if tenths < 10_235 { return "\(Int((tenths / 10).rounded())) \(unit)" }
      tenths /= 1024
    }
    let rounded = Int(tenths.rounded())
    return "\(rounded / 10).\(rounded % 10) TiB"
  }

  /// `1 node`, `2 nodes`.
  static func count(_ count: Int, _ thing: String) -> String {
    count == 1 ? "1 \(thing)" : "\(count) \(thing)s"
  }

  private static func padded(_ number: Int64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension String {
  /// Spaces after the text, up to a width.
  func filled(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// Spaces before the text, up to a width.
  func aligned(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
