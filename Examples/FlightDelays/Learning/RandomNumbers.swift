import Millrace

/// Random numbers that are the same on every machine and in every process.
///
/// The generator is SplitMix64: every state gives a full period of 2⁶⁴, which suits shuffles.
///
/// - SeeAlso: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators",
///   doi:10.1145/2660193.2660195.
@Tracked
struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// Begins a sequence; other streams of one seed give other sequences.
  init(seed: UInt64, stream: UInt64 = 0) {
    // Mixing once keeps neighbouring streams from running through each other's states.
    state = seed
    state = next() ^ (stream &* 0xD1B5_4A32_D192_ED03)
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number below `bound`, which is positive and far below 2³².
  ///
  /// The product's upper half is biased by less than `bound` / 2³², which no shuffle here can show.
  mutating func next(below bound: Int) -> Int {
    Int(((next() >> 32) &* UInt64(bound)) >> 32)
  }

  /// Shuffles in place by Fisher and Yates, spelled out so that it does not change with the
  /// standard library.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    var last = elements.count - 1
    while last > 0 {
      elements.swapAt(last, next(below: last + 1))
      last -= 1
    }
  }
}
