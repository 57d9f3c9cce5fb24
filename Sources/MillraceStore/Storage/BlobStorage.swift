public import MillraceCoding

/// Immutable bytes under their SHA-256.
///
/// A blob is put once and never changed. Putting and ``publish(durably:)`` are two
/// steps, so that many blobs can share one wait for the disk: between them a blob is readable
/// through this value only, and nobody else can see half of it.
///
/// Every method may be called from any thread. Errors are ``StoreFailure``s with code
/// ``StoreFailure/Code-swift.struct/unreadable`` or ``StoreFailure/Code-swift.struct/unwritable``.
public protocol BlobStorage: Sendable {
  /// Stores bytes under their digest unless a blob that has them is there.
  ///
  /// - Parameters:
  ///   - bytes: What to store; not kept after the call.
  ///   - digest: The SHA-256 of `bytes`. The caller has computed it; it is not checked.
  ///   - replacing: Whether to store even if a blob is there, because its bytes proved unreadable.
  /// - Throws: Also ``StoreFailure/Code-swift.struct/corrupt`` where a blob is there and would be
  ///   replaced by bytes that are not those of the digest: what is stored never changes.
  func put(_ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool) throws

  /// Stores bytes under their digest, as ``put(_:as:replacing:)`` does, and computes it, perhaps while
  /// the bytes are being written.
  ///
  /// - Parameters:
  ///   - bytes: What to store; not kept after the call.
  ///   - syncing: Whether the blob may be on its way to the medium from now on, because it will be
  ///     published durably.
  ///   - replacing: Whether to store even if a blob of this digest is there; asked once.
  /// - Returns: The SHA-256 of `bytes`.
  func put(
    hashing bytes: UnsafeRawBufferPointer, syncing: Bool, replacing: (Digest) -> Bool
  ) throws -> Digest

  /// Makes every blob put so far visible to all readers.
  ///
  /// - Parameter durably: Whether to return only when the blobs would survive a power cut.
  /// - Throws: ``StoreFailure``; blobs of this batch may then be lost and have to be put again.
  func publish(durably: Bool) throws

  /// Returns a blob's bytes, unverified, or `nil` if there is none.
  func get(_ digest: Digest) throws -> [UInt8]?

  /// Returns a part of a blob, unverified, or `nil` if there is no such blob.
  ///
  /// - Parameter range: In bytes. What lies beyond the blob's end is left out.
  func read(_ digest: Digest, range: Range<Int>) throws -> [UInt8]?

  /// Returns a blob's size in bytes, or `nil` if there is none.
  func size(of digest: Digest) throws -> Int?

  /// Returns the digests of all published blobs, in no order.
  func list() throws -> [Digest]

  /// Removes a blob if it is there.
  func delete(_ digest: Digest) throws

  /// Gives a blob's bytes part by part, from the first to the last, unverified.
  ///
  /// - Parameters:
  ///   - buffer: Where parts are put; its size is the largest that a part has.
  ///   - body: Called with each part, which is valid during the call only.
  /// - Returns: Whether there is such a blob.
  func read(
    _ digest: Digest, through buffer: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws -> Bool

  /// How much is left of blobs that were never published, by anybody.
  func leftovers() throws -> StoreTally

  /// Removes what is left of blobs that were never published.
  ///
  /// Nobody may be putting blobs meanwhile.
  ///
  /// - Returns: What is removed.
  @discardableResult func removeLeftovers() throws -> StoreTally
}

extension BlobStorage {
  public func put(
    hashing bytes: UnsafeRawBufferPointer, syncing: Bool, replacing: (Digest) -> Bool
  ) throws -> Digest {
    let digest = Digest.sha256(bytes)
    try put(bytes, as: digest, replacing: replacing(digest))
    return digest
  }

  public func read(
    _ digest: Digest, through buffer: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws -> Bool {
    guard let size = try size(of: digest) else { return false }
    var offset = 0
    while offset < size {
      guard let part = try read(digest, range: offset..<offset + buffer.count), !part.isEmpty
      else { return false }
      part.withUnsafeBytes(body)
      offset += part.count
    }
    return true
  }

  public func leftovers() -> StoreTally { StoreTally() }
  public func removeLeftovers() -> StoreTally { StoreTally() }
}

extension BlobStorage {
  /// Returns whether a blob is there.
  public func contains(_ digest: Digest) throws -> Bool {
    try size(of: digest) != nil
  }

  /// Refuses bytes that are to take a blob's place and are not those of its digest.
  func checkReplacement(of digest: Digest, by bytes: UnsafeRawBufferPointer) throws {
    guard Digest.sha256(bytes) != digest else { return }
    throw StoreFailure(
      .corrupt,
      "Bytes that do not match their digest cannot take an artifact's place; store them under their own."
    )
  }
}
