import Millrace
import Synchronization

/// A value that notes, in the process where it happens, how often it is encoded and decoded.
struct Tracked: Codable, Sendable, Equatable {
  /// Which value it is: the token of a test's graph, a slash, and a name.
  var tag: String
  var number: Int

  init(_ tag: String, _ number: Int) {
    self.tag = tag
    self.number = number
  }

  private enum CodingKeys: String, CodingKey { case tag, number }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tag = try container.decode(String.self, forKey: .tag)
    number = try container.decode(Int.self, forKey: .number)
    CodingCounts.note(decoded: tag)
  }

  func encode(to encoder: any Encoder) throws {
    CodingCounts.note(encoded: tag)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tag, forKey: .tag)
    try container.encode(number, forKey: .number)
  }
}

/// How often values of one test were encoded and decoded in one process, by name.
struct CodingCounts: Codable, Equatable, Sendable {
  var encoded: [String: Int] = [:]
  var decoded: [String: Int] = [:]

  private static let all = Mutex<[String: CodingCounts]>([:])

  static func note(encoded tag: String) { note(tag, \.encoded) }
  static func note(decoded tag: String) { note(tag, \.decoded) }

  private static func note(_ tag: String, _ path: WritableKeyPath<CodingCounts, [String: Int]>) {
    let parts = tag.split(separator: "/", maxSplits: 1).map(String.init)
    all.withLock { $0[parts[0], default: CodingCounts()][keyPath: path][parts[1], default: 0] += 1 }
  }

  /// What was noted in this process for a test, which is forgotten.
  static func take(_ token: String) -> CodingCounts {
    all.withLock { $0.removeValue(forKey: token) } ?? CodingCounts()
  }

  static func once(encoded: [String] = [], decoded: [String] = []) -> CodingCounts {
    CodingCounts(
      encoded: Dictionary(uniqueKeysWithValues: encoded.map { ($0, 1) }),
      decoded: Dictionary(uniqueKeysWithValues: decoded.map { ($0, 1) }))
  }
}
