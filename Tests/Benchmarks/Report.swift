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
  /// A time, in seconds.
  mutating func set(_ name: String, _ time: Duration) { set(name, time.seconds) }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
