import Foundation

/// A question to the service.
public struct Request: Codable, Sendable {
  /// Chosen by who asks, and told in the answer.
  public var id: String
  public var query: String
  /// How many hits at most, 5 by default.
  public var limit: Int?

  public init(id: String, query: String, limit: Int? = nil) {
    (self.id, self.query, self.limit) = (id, query, limit)
  }
}

/// A section that was found.
public struct Hit: Codable, Sendable, Equatable {
  /// `docs/architecture.md:12`, with the line of the heading.
  public var place: String
  public var heading: String
  public var score: Double
}

/// What became of a request: its hits, or an error.
public struct Answer: Codable, Sendable, Equatable {
  public var id: String
  public var hits: [Hit]?
  public var error: String?
  /// How many tasks ran, where the index was brought up to date.
  public var reloaded: Int?
}

/// A line that somebody sends.
enum Message {
  case request(Request)
  /// Has no answer of its own: the request that it ends has one.
  case cancel(id: String)
  case reload(id: String)
  case nonsense(id: String)

  private struct Fields: Decodable {
    var id: String?
    var query: String?
    var limit: Int?
    var cancel: String?
    var reload: Bool?
  }

  /// - Parameters:
  ///   - line: A text to search for, or an object: `{"query": "store", "limit": 3}`,
  ///     `{"cancel": "12"}`, `{"reload": true}`; all may have an `id`.
  ///   - number: The line's, which is the id where none is given.
  init(line: String, number: Int) {
    guard line.hasPrefix("{") else {
      self = .request(Request(id: "\(number)", query: line))
      return
    }
    let fields = try? JSONDecoder().decode(Fields.self, from: Data(line.utf8))
    let id = fields?.id ?? "\(number)"
    if let query = fields?.query {
      self = .request(Request(id: id, query: query, limit: fields?.limit))
    } else if let other = fields?.cancel {
      self = .cancel(id: other)
    } else if fields?.reload == true {
      self = .reload(id: id)
    } else {
      self = .nonsense(id: id)
    }
  }
}
