import Dispatch

/// Who writes and syncs large blobs beside those who put them.
///
/// A blob's name is its digest, and hashing takes as long as writing or longer. The bytes can be
/// written meanwhile, since a temporary file needs no name, and be on their way to the medium while
/// the next task runs. A helper that is busy is not waited for (``SharedStep``).
struct BlobHelpers: Sendable {
  /// Blobs of fewer bytes are hashed, written and synced by turns: a change of threads would cost more
  /// than it saves.
  var minimum: Int
  /// Lets a step be taken by the thread that writes.
  var write: @Sendable (@escaping @Sendable () -> Void) -> Void
  /// Lets a step be taken by the thread that syncs.
  var sync: @Sendable (@escaping @Sendable () -> Void) -> Void

  /// Two threads at most, which are there only while there is something to do.
  static func threads(minimum: Int = 1 << 20) -> BlobHelpers {
    let (writing, syncing) = (
      DispatchQueue(label: "millrace.blobs.write"), DispatchQueue(label: "millrace.blobs.sync")
    )
    return BlobHelpers(
      minimum: minimum, write: { writing.async(execute: $0) },
      sync: { syncing.async(execute: $0) })
  }
}
