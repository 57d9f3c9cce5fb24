import Millrace

// Numbers as people read them, without a locale: the report's bytes are the same everywhere.

/// A number with a fixed count of decimals, halves away from zero, with a true minus sign; a number
/// too large to be written so, or none, is a dash.
@Tracked
func fixed(_ value: Double, _ decimals: Int) -> String {
  var power = 1.0
  for _ in 0..<decimals { power *= 10 }
  let scaled = (value * power).rounded()
  guard scaled.magnitude < 1e15 else { return "–" }
  let digits = String(Int(scaled.magnitude))
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let whole = padded.dropLast(decimals)
  let sign = scaled < 0 ? "−" : ""
  return decimals == 0 ? sign + whole : sign + whole + "." + padded.suffix(decimals)
}

/// A share between 0 and 1 in per cent.
@Tracked
func percent(_ share: Double, _ decimals: Int = 0) -> String {
  fixed(100 * share, decimals) + "%"
}

/// A count with its thousands set off by commas.
@Tracked
func grouped(_ count: Int) -> String {
  let digits = Array(String(count.magnitude))
  var result = count < 0 ? "−" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result += "," }
    result.append(digit)
  }
  return result
}

/// A count and its noun, in the plural unless it is one.
@Tracked
func counted(_ count: Int, _ noun: String) -> String {
  grouped(count) + " " + noun + (count == 1 ? "" : "s")
}

/// A positive number with three significant digits at most and no trailing zeros: `0.0003`, `13.3`.
@Tracked
func short(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
  var decimals = 0
  var bound = 100.0
  while value.magnitude < bound, decimals < 8 {
    bound /= 10
    decimals += 1
  }
  var text = fixed(value, decimals)
  while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") {
    let last = text.removeLast()
    if last == "." { break }
  }
  return text
}
