import Foundation
import MillraceCoding
import Testing

/// Encodings are the same in every process and in every version.
@Suite struct StabilityTests {
  private struct Mixed: Codable {
    var names: Set<String> = Set((0..<40).map { "name \($0)" })
    var points: [Point: [Suit]] = Dictionary(
      uniqueKeysWithValues: (0..<40).map { (Point(x: $0, y: -$0), [.hearts, .spades]) })
    var shapes: Set<Shape> = [
      .none, .circle(radius: 1), .polygon([Point(x: 1, y: 2)], closed: false),
    ]
    var nested: [String: [Int: Set<Double>]] = ["a": [1: [0.5, 1, 2], 2: []], "b": [:]]
    var optional: [Int??] = [1, nil, .some(nil)]
  }

  private static func fingerprint() throws -> String {
    var parts = KeyParts()
    parts["value"] = .bytes(try CBOR.encode(Mixed()))
    parts["digest"] = .digest(.sha256(try CBOR.encode(Mixed().points)))
    return parts.key.description
  }

  #if os(Linux) || os(macOS) || os(Windows)
    @Test func `another process with another hash seed computes the same key`() async throws {
      // Sets of 40 texts are in the same order in two processes with a chance of 1 in 40!.
      let order = Array(Mixed().names).joined()
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        print("key=" + (try StabilityTests.fingerprint()))
        print("order=" + Array(Mixed().names).joined())
      }
      let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
      #expect(output.contains("key=" + (try Self.fingerprint())))
      if ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] == nil {
        #expect(!output.contains("order=" + order), "the other process hashes alike")
      }
    }
  #endif

  @Test func `a value with sets and dictionaries has this key forever`() throws {
    let key = try Self.fingerprint()
    #expect(key == "cad3a285ba07502f559b7e1455470fcca4c1310366377d9b24c9199b22e98d7f")
  }

  private static let golden: [(any Encodable & Sendable, String)] = [
    (0, "00"), (-1, "20"), (1000, "1903e8"), (Int.min, "3b7fffffffffffffff"),
    (UInt64.max, "1bffffffffffffffff"), (UInt8(255), "18ff"), (true, "f5"), (false, "f4"),
    (1.0, "f93c00"), (0.1, "fb3fb999999999999a"), (-0.0, "f98000"), (Double.nan, "f97e00"),
    (-Double.nan, "f97e00"), (Float(0.1), "fa3dcccccd"), (Float.nan, "f97e00"),
    (Double.infinity, "f97c00"),
    (Double.leastNonzeroMagnitude, "fb0000000000000001"),
    (100_000.0, "fa47c35000"),
    ("", "60"), ("a", "6161"), ("水", "63e6b0b4"),
    (String(repeating: "x", count: 24), "7818" + String(repeating: "78", count: 24)),
    (Int?.none, "f6"), (Int?.some(1), "01"), (Int??.some(nil), "da4d520003f6"),
    ([Int?](), "80"), ([1, nil] as [Int?], "8201f6"),
    ([1, 2], "d84f50" + "01000000000000000200000000000000"),
    ([0.5], "d85648000000000000e03f"), ([[0.5], []], "82d85648000000000000e03fd85640"),
    (["a", "b"], "8261616162"), ([true], "81f5"), ([1, 2, 3] as [UInt8], "43010203"),
    (["b": 1, "a": 2, "aa": 3], "a36161026162016261" + "6103"),
    ([2: "b", 1: "a"], "a2016161026162"),
    (Set(["b", "a"]), "d901028261616162"), (Point(x: 1, y: -1), "a2617801617920"),
    ([Point(x: 1, y: 0): true], "a1a2617801617900f5"), (Suit.hearts, "66686561727473"),
    (Shape.circle(radius: 1.5), "a166636972636c65a166726164697573f93e00"),
    (Data([1, 2]), "420102"), (Date(timeIntervalSinceReferenceDate: 1), "f93c00"),
    (1..<3, "820103"), (Digest.sha256([]), "5820" + Digest.sha256([]).hex),
  ]

  @Test(arguments: golden.indices)
  func `a value has this encoding forever`(index: Int) throws {
    let (value, expected) = Self.golden[index]
    let encoded = try CBOR.encode(value)
    #expect(hex(encoded) == expected)
    #expect(try CBORItem(decoding: encoded).encoded() == encoded)
  }
}
