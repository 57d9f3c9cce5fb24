import MillraceCoding
import Synchronization

/// What becomes of results that somebody has found, and a clean-up of another process has removed.
extension ArtifactStore {
  /// Returns whether a clean-up has removed a result since it was found, which is no damage.
  ///
  /// - Complexity: That of ``refresh()``.
  func isRemoved(_ record: ArtifactRecord) -> Bool {
    (try? refresh()) != nil && !isRecorded(record)
  }

  func removed(_ record: ArtifactRecord) -> StoreFailure {
    StoreFailure(
      .missing, "A clean-up has removed the result; run the pipeline again to compute it.",
      path: "\(place)/\(file(of: record.artifact))")
  }

  private func isRecorded(_ record: ArtifactRecord) -> Bool {
    locateAll { $0.all(of: record.key) }.contains { $0.entry.artifact == record.artifact }
  }

  /// Enters the writer's gate for a record that refers to a result, and makes sure that the log has that.
  ///
  /// If a clean-up has removed the result since it was found, its record is written once more, if that is all
  /// there is to it.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/missing``, or
  ///   ``StoreFailure/Code-swift.struct/unwritable``; the gate is left then.
  func hold(_ record: ArtifactRecord) throws {
    try writer.gate.enter()
    do {
      try restore(record)
    } catch {
      writer.gate.leave()
      throw error
    }
  }

  private func restore(_ record: ArtifactRecord) throws {
    let cleanUps = writer.gate.cleanUps
    if knownCleanUps.exchange(cleanUps, ordering: .relaxed) != cleanUps { try refresh() }
    if isRecorded(record) { return }
    guard record.inlineBytes != nil else { throw removed(record) }
    let place = try writer.append(Array(record.payload), isInside: true)
    let entry = RecordIndex.Entry(
      key: record.key, artifact: record.artifact, time: record.time, segment: place.segment,
      payload: place.payload)
    index.withLock { $0.merge(entry) }
  }
}
