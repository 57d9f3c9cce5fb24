internal import CMillraceSHA

/// A SHA-256 hash under way (FIPS 180-4).
///
/// It uses the processor's own instructions where there are some: about 2 GB/s instead of 0.2. It is
/// a value: a copy continues on its own, which hashes many messages of one beginning cheaply.
public struct SHA256: Sendable {
  /// The code that does the work.
  public enum Implementation: String, Sendable, CaseIterable {
    /// Plain C, for every processor.
    case portable
    /// The SHA extensions of x86-64.
    case x86
    /// The SHA-2 instructions of ARMv8.
    case arm
  }

  private var state = millrace_sha256()

  /// Starts a hash with the best code for this processor.
  public init() {
    millrace_sha256_start(&state, millrace_sha256_best())
  }

  /// Starts a hash with one of ``availableImplementations``; any other becomes the portable one.
  public init(implementation: Implementation) {
    millrace_sha256_start(&state, implementation.number)
  }

  /// The code that ``init()`` chooses on this processor.
  public static var implementation: Implementation {
    availableImplementations.last ?? .portable
  }

  /// Every code that this processor can run, the best one last.
  public static var availableImplementations: [Implementation] {
    Implementation.allCases.filter { millrace_sha256_supports($0.number) }
  }

  /// Adds bytes to the message.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    millrace_sha256_update(&state, bytes.baseAddress, bytes.count)
  }

  /// Adds bytes to the message.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds the hexadecimal digits of a digest to the message.
  public mutating func update(hexOf digest: Digest) {
    withUnsafeTemporaryAllocation(byteCount: 2 * Digest.byteCount, alignment: 1) { digits in
      digest.withUnsafeBytes { Hexadecimal.write($0, to: digits) }
      update(UnsafeRawBufferPointer(digits))
    }
  }

  /// The digest of the bytes so far.
  public consuming func finalize() -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    millrace_sha256_finish(&state, &words)
    return Digest(words: words)
  }
}

extension SHA256.Implementation {
  fileprivate var number: Int32 {
    switch self {
    case .portable: Int32(MILLRACE_SHA256_PORTABLE)
    case .x86: Int32(MILLRACE_SHA256_X86)
    case .arm: Int32(MILLRACE_SHA256_ARM)
    }
  }
}

extension Digest {
  /// The SHA-256 digest of these bytes.
  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The SHA-256 digest of these bytes.
  public static func sha256(_ bytes: [UInt8]) -> Digest {
    bytes.withUnsafeBytes { sha256($0) }
  }
}
