import Foundation
import Millrace

/// What the two processes of a test say to each other: CBOR behind its length, 8 bytes big-endian.
enum FarFrames {
  static func encode(_ value: some Encodable) throws -> Data {
    let bytes = try CBOR.encode(value)
    return withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { Data($0) } + Data(bytes)
  }

  /// - Returns: Nil at the end of the file.
  static func read<Value: Decodable>(_ type: Value.Type, from file: FileHandle) throws -> Value? {
    guard let head = try bytes(8, from: file) else { return nil }
    let count = head.reduce(0) { $0 << 8 | Int($1) }
    guard let bytes = try bytes(count, from: file) else { return nil }
    return try CBOR.decode(Value.self, from: [UInt8](bytes))
  }

  private static func bytes(_ count: Int, from file: FileHandle) throws -> Data? {
    var data = Data()
    while data.count < count {
      guard let more = try file.read(upToCount: count - data.count), !more.isEmpty else {
        return nil
      }
      data.append(more)
    }
    return data
  }
}

struct FarQuestion: Codable, Sendable {
  enum Body: Codable, Sendable {
    /// Builds a recipe's graph for a connection.
    case open(connection: UInt64, BorderRecipe, width: Int)
    case ask(connection: UInt64, RemoteRequest)
    case close(connection: UInt64)
    /// What was encoded and decoded there for a token.
    case counts(token: String)
  }
  var id: UInt64
  var body: Body
}

struct FarReply: Codable, Sendable {
  enum Body: Codable, Sendable {
    case answer(RemoteAnswer)
    case counts(CodingCounts)
    case done
  }
  var id: UInt64
  var body: Body
}
