/// Snapshots of the index: whole files that can be made again from the log at any time.
///
/// A snapshot is written once, appears when it is complete, and may disappear whenever somebody has
/// written a newer one. Every method may be called from any thread. Errors are ``StoreFailure``s.
public protocol SnapshotStorage: Sendable {
  /// Returns the names of all snapshots, in no order; empty where there never was one.
  func list() throws -> [String]

  /// Returns a part of a snapshot and the size of the whole, or `nil` if there is none of that name.
  ///
  /// - Parameters:
  ///   - offset: Where to begin, in bytes.
  ///   - limit: How many bytes at most; fewer are there at the end only.
  func read(_ name: String, from offset: Int, limit: Int) throws -> (bytes: [UInt8], size: Int)?

  /// Writes a snapshot under a new name. Nobody sees it before it is complete.
  ///
  /// - Parameters:
  ///   - durably: Whether to return only when it would survive a power cut.
  ///   - content: Called once with a function that appends bytes.
  func write(
    _ name: String, durably: Bool,
    _ content: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws

  /// Removes a snapshot if it is there.
  func remove(_ name: String) throws
}
