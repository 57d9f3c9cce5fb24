/// Makes many keys of one ``KeyForm`` whose open parts are all digests or keys: all bytes but theirs stay
/// in place from one key to the next.
public struct KeyFrame: ~Copyable, @unchecked Sendable {
  // Owned by one holder, as a value that cannot be copied.

  /// The encoding of all parts.
  private let bytes: UnsafeMutableRawBufferPointer
  /// How long the beginning is, which is hashed once.
  private let beginningCount: Int
  private let beginning: SHA256
  /// Where each open part begins, as the caller numbers them.
  private let places: [Int]

  public init(_ form: KeyForm) {
    let nothing = KeyParts.Value.digest(.sha256([]))
    var places = Array(repeating: 0, count: form.openCount)
    var writer = CBORWriter()
    let beginning = form.hash(in: &writer) { number, writer in
      places[number] = writer.bytes.count
      nothing.append(to: &writer)
    }
    self.beginning = beginning
    let first = form.firstPiece
    beginningCount = first.count
    self.places = places.map { $0 + first.count }
    bytes = .allocate(byteCount: first.count + writer.bytes.count, alignment: 16)
    bytes.copyBytes(from: first)
    UnsafeMutableRawBufferPointer(rebasing: bytes[first.count...]).copyBytes(from: writer.bytes)
  }

  deinit { bytes.deallocate() }

  /// Sets an open part to a digest.
  public mutating func set(_ part: Int, to digest: Digest) {
    put(digest, tag: CBORTag.digest, at: places[part])
  }

  /// Sets an open part to a key.
  public mutating func set(_ part: Int, to key: Key) {
    put(key.digest, tag: CBORTag.key, at: places[part])
  }

  @inline(__always)
  private func put(_ digest: Digest, tag: UInt64, at place: Int) {
    guard let base = bytes.baseAddress else { return }
    DigestPart(digest, tag: tag).write(to: base + place)
  }

  /// The key of the parts that are set.
  public func key() -> Key {
    var hash = beginning
    hash.update(UnsafeRawBufferPointer(rebasing: bytes[beginningCount...]))
    return Key(hash.finalize())
  }

  /// The encoding of the parts that are set, as of ``KeyParts/encoded()``; for as long as none is set anew.
  public func withEncoded<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(bytes))
  }
}
