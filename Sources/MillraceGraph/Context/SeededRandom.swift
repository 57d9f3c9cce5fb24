public import MillraceCoding

/// Random numbers that a seed decides: the same in every process and on every machine.
///
/// The generator is xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
/// generators", doi:10.1145/3460772), seeded with a SHA-256 digest. It is not for cryptography.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: Digest) {
    state = seed.withUnsafeBytes { bytes in
      func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return (word(0), word(1), word(2), word(3) | 1)  // the all-zero state would stay zero
    }
  }

  /// A generator for a number, for tests and scripts.
  public init(seed: UInt64) {
    self.init(seed: withUnsafeBytes(of: seed.littleEndian) { Digest.sha256($0) })
  }

  public mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
      (value << count) | (value >> (64 - count))
    }
    let result = rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, 45)
    return result
  }
}
