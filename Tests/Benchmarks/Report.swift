/// A measurement as one line of JSON, its fields in the order in which they were set.
struct Report {
  private var fields: [(name: String, json: String)] = []

  var line: String {
    "{" + fields.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
  }

  /// - Parameter text: Without characters that JSON escapes.
  mutating func set(_ name: String, _ text: String) { fields.append((name, "\"\(text)\"")) }
  mutating func set(_ name: String, _ flag: Bool) { fields.append((name, "\(flag)")) }
  mutating func set(_ name: String, _ number: some BinaryInteger) {
    fields.append((name, "\(number)"))
  }
  mutating func set(_ name: String, _ number: Double) { fields.append((name, "\(number)")) }
  /// A time, in seconds to the nanosecond.
  mutating func set(_ name: String, _ time: Duration) {
    let digits = "\(time.components.attoseconds / 1_000_000_000)"
    let padding = String(repeating: "0", count: max(0, 9 - digits.utf8.count))
    fields.append((name, "\(time.components.seconds).\(padding)\(digits)"))
  }
  /// A number of bytes, in MiB to a hundredth.
  mutating func set(_ name: String, mebibytes bytes: Int) {
    set(name, (Double(bytes) / 1_048_576 * 100).rounded() / 100)
  }
}
