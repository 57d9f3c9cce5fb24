import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

/// The digests of input files, remembered in a store.
///
/// A remembered digest is trusted for an unchanged size, modification time, inode and device, and never
/// for a file that was modified within two seconds before it was hashed, since a later change in the
/// same tick of the clock would not show.
final class FileDigests: Sendable {
  private let store: ArtifactStore
  /// Whether any file was met, so that runs without files need not look for them.
  private let hasMet = Atomic<Bool>(false)
  /// What this run saw, for telling that a file changed while it was in use.
  private let seen = Mutex<[String: (stamp: FileStamp, digest: Digest)]>([:])

  init(store: ArtifactStore) { self.store = store }

  var isUsed: Bool { hasMet.load(ordering: .relaxed) }

  /// Where the values that are being encoded get digests from; nil outside of a run, where an
  /// ``InputFile`` is its path.
  static var current: FileDigests? { recorder?.digests }

  /// The files whose digests were asked for while the current value was encoded.
  @TaskLocal static var recorder: Recorder?

  final class Recorder: Sendable {
    let digests: FileDigests
    private let paths = Mutex<[String: Digest]>([:])

    init(_ digests: FileDigests) { self.digests = digests }

    var files: [String: Digest] { paths.withLock { $0 } }
    fileprivate func record(_ path: String, _ digest: Digest) {
      paths.withLock { $0[path] = digest }
    }
  }

  /// - Throws: ``PipelineError`` with code `inputFile` if the file is missing or cannot be read.
  func digest(ofFile path: String) throws -> Digest {
    let digest = try currentDigest(ofFile: path)
    Self.recorder?.record(path, digest)
    return digest
  }

  /// Encodes with this object as the source of digests.
  ///
  /// - Returns: What `operation` returned, and the files whose digests went into it.
  func recording<Result>(_ operation: () throws -> Result) rethrows -> (Result, [String: Digest]) {
    let recorder = Recorder(self)
    return (try Self.$recorder.withValue(recorder, operation: operation), recorder.files)
  }

  /// - Throws: ``PipelineError`` with code `inputFile` if one of the files is no longer what it was.
  func check(_ files: [String: Digest]) throws {
    for (path, digest) in files where try currentDigest(ofFile: path) != digest {
      throw PipelineError(
        .inputFile,
        "Input file '\(path)' changed while it was being used; run the pipeline again.")
    }
  }

  private func currentDigest(ofFile path: String) throws -> Digest {
    hasMet.store(true, ordering: .relaxed)
    do {
      let stamp = try FileStamp(ofFileAt: path)
      if let known = seen.withLock({ $0[path] }), known.stamp == stamp { return known.digest }
      if let digest = store.rememberedDigest(of: path, stamp: stamp) {
        seen.withLock { $0[path] = (stamp, digest) }
        return digest
      }
      let began = store.currentTime
      let digest = try Self.hash(path)
      // The stamp is taken before hashing, so that a change meanwhile makes it stale, not the digest.
      seen.withLock { $0[path] = (stamp, digest) }
      // A log that cannot be written costs hashing again; what has to be stored will say it.
      _ = try? store.remember(digest, of: path, stamp: stamp, hashingBegan: began)
      return digest
    } catch let error as SystemCallError {
      throw Self.unreadable(path, error)
    }
  }

  private static func hash(_ path: String) throws -> Digest {
    let file = try FileSystem.openToRead(path)
    defer { FileSystem.closeFile(file) }
    var hash = SHA256()
    var offset = 0
    while true {
      let bytes = try FileSystem.read(1 << 20, at: offset, of: file)
      if bytes.isEmpty { return hash.finalize() }
      hash.update(bytes)
      offset += bytes.count
    }
  }

  static func unreadable(_ path: String, _ error: any Error) -> PipelineError {
    if let error = error as? SystemCallError, error.isNotFound {
      return PipelineError(
        .inputFile,
        "There is no input file '\(path)'; check the path, which is taken from the working folder.")
    }
    return PipelineError(
      .inputFile, "Input '\(path)' cannot be read; check its permissions.", cause: error)
  }
}
