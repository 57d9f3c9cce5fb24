import Millrace

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A word and how often it was met.
struct WordCount: Sendable {
  var word: String
  var count: Int

  /// Words are what stands between spaces and ends of lines.
  static func words(of file: InputFile) throws -> [String: Int] {
    try file.bytes().withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return [:] }
      var counts: [Token: Int] = [:]
      counts.reserveCapacity(1 << 16)
      var position = 0
      while position < bytes.count {
        let start = position
        while position < bytes.count, bytes[position] != 32, bytes[position] != 10 {
          position += 1
        }
        if position > start {
          counts[Token(start: base + start, count: position - start), default: 0] += 1
        }
        position += 1
      }
      var result: [String: Int] = [:]
      result.reserveCapacity(counts.count)
      for (token, count) in counts { result[token.word] = count }
      return result
    }
  }

  static func merged(_ parts: [[String: Int]]) -> [String: Int] {
    var counts: [String: Int] = [:]
    for part in parts { for (word, count) in part { counts[word, default: 0] += count } }
    return counts
  }

  /// The hundred most frequent words; of equally frequent ones, the lesser first.
  static func top(of counts: [String: Int]) -> [WordCount] {
    counts.map { WordCount(word: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.word) < ($0.count, $1.word) }
      .prefix(100).map(\.self)
  }

  /// The lower 53 bits of a hash of a line for each word: FNV-1a, with the start that all programs
  /// which count these words share.
  static func check(_ words: [WordCount]) -> UInt64 {
    var hash: UInt64 = 1_469_598_103_934_665_603
    for word in words {
      for byte in "\(word.word) \(word.count)\n".utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
    }
    return hash & (1 << 53 - 1)
  }
}

/// A word in the bytes of a file, so that a string is made once for each word and not for each
/// occurrence.
private struct Token: Hashable {
  let start: UnsafePointer<UInt8>
  let count: Int

  static func == (left: Token, right: Token) -> Bool {
    left.count == right.count && memcmp(left.start, right.start, left.count) == 0
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(bytes: UnsafeRawBufferPointer(start: start, count: count))
  }

  var word: String {
    String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
