public import MillraceCoding

extension ArtifactStore {
  /// The digest of a file's content as it was computed before, if that can still be trusted.
  ///
  /// - Parameters:
  ///   - path: The path as it was given to ``remember(_:of:stamp:hashingBegan:)``.
  ///   - stamp: The file's stamp now. Any difference means that the file must be read.
  public func rememberedDigest(of path: String, stamp: FileStamp) -> Digest? {
    guard let file = index.withLock({ $0.events.file(at: path) }), file.stamp == stamp,
      file.isTrustworthy
    else { return nil }
    return file.digest
  }

  /// Remembers the digest of a file's content, if the file's stamp will show any later change.
  ///
  /// That is so only if the file was last modified at least 2 s before the hashing began, since a
  /// file system may give two changes in a row the same time. Otherwise nothing is remembered.
  ///
  /// - Parameters:
  ///   - digest: The SHA-256 of the content.
  ///   - path: The file's path; make it absolute if the working directory may differ.
  ///   - stamp: The file's stamp, taken before the hashing and found the same after it.
  ///   - hashingBegan: When the stamp was taken, by ``currentTime``.
  /// - Returns: Whether the digest is remembered.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``.
  @discardableResult
  public func remember(
    _ digest: Digest, of path: String, stamp: FileStamp, hashingBegan: UInt64
  ) throws -> Bool {
    let file = RememberedFile(digest: digest, stamp: stamp, hashed: hashingBegan)
    guard file.isTrustworthy else { return false }
    if let known = index.withLock({ $0.events.file(at: path) }), known.isTrustworthy,
      known.digest == digest, known.stamp == stamp
    {
      return true
    }
    let time = clock.next()
    try record(.file(path: path, file), at: time) { file.encoded(path: path, time: time) }
    return true
  }

  /// The time of day in nanoseconds since the beginning of 1970, by the store's clock.
  public var currentTime: UInt64 { options.wallClock() }
}
