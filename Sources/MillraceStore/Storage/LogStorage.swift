/// Append-only segments, each written by one writer and read by anyone.
///
/// Every method may be called from any thread. Errors are ``StoreFailure``s.
public protocol LogStorage: Sendable {
  /// Creates an empty segment for the caller alone.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/nameTaken`` if there is
  ///   a segment of that name, dead or alive.
  func create(_ name: String) throws -> any LogSegment

  /// Returns the names of all segments, in no order.
  func list() throws -> [String]

  /// Returns a part of a segment.
  ///
  /// - Parameters:
  ///   - name: One of ``list()``.
  ///   - offset: Where to begin, in bytes. At or after the end the chunk is empty.
  ///   - limit: How many bytes at most.
  func read(_ name: String, from offset: Int, limit: Int) throws -> LogChunk

  /// Returns whether a live writer holds the segment, so that more may follow.
  func isBeingWritten(_ name: String) -> Bool

  /// Removes segments that nobody writes; those that are gone already are passed over.
  ///
  /// Returns when their names are gone for good.
  func remove(_ names: [String]) throws
}

/// One segment as its writer sees it.
///
/// The writer calls one method at a time. After an error the segment's end is unknown and nothing
/// more may be appended to it.
public protocol LogSegment: Sendable {
  /// Appends bytes; they reach every reader, and survive the death of this process.
  func append(_ bytes: UnsafeRawBufferPointer) throws

  /// Returns when what was appended would survive a power cut.
  func sync() throws

  /// Begins what ``sync()`` is going to wait for, and returns at once. A hint, which promises nothing.
  func beginSync()

  /// Ends the segment: it is complete and can never grow again.
  func seal() throws
}

extension LogSegment {
  public func beginSync() {}
}

/// A part of a segment.
public struct LogChunk: Sendable {
  /// The bytes read; fewer than asked for at the segment's end.
  public var bytes: [UInt8]
  /// The segment's size in bytes when it was read.
  public var size: Int
  /// Whether the segment was sealed, so that it cannot grow.
  public var isSealed: Bool

  /// Creates a chunk.
  public init(bytes: [UInt8], size: Int, isSealed: Bool) {
    self.bytes = bytes
    self.size = size
    self.isSealed = isSealed
  }
}
