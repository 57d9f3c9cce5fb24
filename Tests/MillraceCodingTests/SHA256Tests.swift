import MillraceCoding
import Testing

@Suite struct SHA256Tests {
  /// Messages of FIPS 180-4 and of NIST's CAVS, as hexadecimal text, with their digests.
  private static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("d3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
    ("11af", "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
    ("b4190e", "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2"),
    ("74ba2521", "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e"),
    ("616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      hex(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      hex(
        Array(
          ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
            + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8)),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  /// Messages of bytes `7 i + n`, around the lengths where padding changes and beyond many blocks;
  /// their digests come from another implementation.
  private static let patterns: [(Int, String)] = [
    (55, "81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72"),
    (56, "2aba54f0ac632420a2b502431408866e40e1d5e430df4cd822642c78ab2eb9c1"),
    (63, "733d3d4ee79ee67145bf73da13588f6f235d37414fc64b14a2f00f1762792f5e"),
    (64, "79322907b3e9d013d7dc2c2f256674dbf733045cde01df3539271c6f5605feb8"),
    (65, "d85c007c6eb440f085afa2b84f6f2bce4658b240e9f62cb1364bf0485a57e720"),
    (119, "6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e"),
    (120, "42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d"),
    (1304, "884953c3ee604f809b31b18998f0687fda53fdd1fade8e393b6431fad77fe1a2"),
    (4113, "a11d12ccb243f69f70e69bd94b2b57cfbc5cb7b32888eaaa8813669603c2aad9"),
    (6400, "527f806af3841db69d0a391df8494d995d57e4fb3676fe5ffdc07de43ab67afc"),
  ]

  private static func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) }
  }

  private static func digest(_ message: [UInt8], by code: SHA256.Implementation) -> Digest {
    var hash = SHA256(implementation: code)
    hash.update(message)
    return hash.finalize()
  }

  @Test(arguments: SHA256.availableImplementations, vectors)
  func `NIST's messages have NIST's digests`(
    code: SHA256.Implementation, vector: (String, String)
  ) {
    #expect(Self.digest(bytes(vector.0), by: code).hex == vector.1)
  }

  @Test(arguments: SHA256.availableImplementations, patterns)
  func `messages of all lengths of padding have the right digests`(
    code: SHA256.Implementation, vector: (Int, String)
  ) {
    #expect(Self.digest(Self.pattern(vector.0), by: code).hex == vector.1)
  }

  @Test(arguments: SHA256.availableImplementations)
  func `a million times the letter a has NIST's digest`(code: SHA256.Implementation) {
    var hash = SHA256(implementation: code)
    let thousand = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    for _ in 0..<1000 { hash.update(thousand) }
    #expect(
      hash.finalize().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(arguments: SHA256.availableImplementations)
  func `the first Monte Carlo round of CAVS ends where NIST's does`(
    code: SHA256.Implementation
  ) {
    let seed = bytes("6d1e72ad03ddeb5de891e572e2396f8da015d899ef0e79503152d6010a3fe691")
    var last = [seed, seed, seed]
    for _ in 0..<1000 {
      let next = Self.digest(last.flatMap(\.self), by: code)
      last = [last[1], last[2], next.withUnsafeBytes { Array($0) }]
    }
    #expect(
      hex(last[2]) == "e93c330ae5447738c8aa85d71a6c80f2a58381d05872d26bdd39f1fcd4f2b788")
  }

  @Test(arguments: SHA256.availableImplementations)
  func `a message split anywhere has the digest of the whole`(code: SHA256.Implementation) {
    let message = Self.pattern(200)
    let whole = Self.digest(message, by: code)
    for first in 0...message.count {
      for second in Swift.stride(from: first, through: message.count, by: 13) {
        var hash = SHA256(implementation: code)
        hash.update(Array(message[..<first]))
        hash.update(Array(message[first..<second]))
        hash.update(Array(message[second...]))
        let digest = hash.finalize()
        #expect(digest == whole)
      }
    }
  }

  @Test func `all codes agree on random messages at odd addresses`() {
    var random = SplitMix64(seed: 256)
    for _ in 0..<200 {
      let message = (0..<Int.random(in: 1...700, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let skipped = Int.random(in: 0..<message.count, using: &random)
      let digests = SHA256.availableImplementations.map { code in
        message.withUnsafeBytes { buffer in
          var hash = SHA256(implementation: code)
          hash.update(UnsafeRawBufferPointer(rebasing: buffer[skipped...]))
          return hash.finalize()
        }
      }
      #expect(Set(digests).count == 1)
      #expect(digests.first == .sha256(Array(message[skipped...])))
    }
  }

  @Test func `a copy continues on its own`() {
    var hash = SHA256()
    hash.update(Array("ab".utf8))
    var fork = hash
    fork.update(Array("x".utf8))
    hash.update(Array("c".utf8))
    #expect(hash.finalize() == .sha256(Array("abc".utf8)))
    #expect(fork.finalize() == .sha256(Array("abx".utf8)))
  }

  @Test func `a code that the processor lacks becomes the portable one`() {
    #expect(SHA256.availableImplementations.first == .portable)
    #expect(SHA256.availableImplementations.contains(SHA256.implementation))
    for code in SHA256.Implementation.allCases {
      #expect(Self.digest([1, 2, 3], by: code) == .sha256([1, 2, 3]))
    }
  }
}
