/// When what was stored is made to survive a power cut.
///
/// Whatever the policy, the death of the process loses at most what was not yet flushed, and a
/// record is never visible before its artifact.
public enum SyncPolicy: Hashable, Sendable {
  /// Bytes, then records, together: 200 ms after the first of them at the latest, and on
  /// ``ArtifactStore/flush()``. A power cut loses at most the last 200 ms.
  case batched
  /// After every record, before the call returns. A power cut loses nothing that was reported.
  case every
  /// Never: the kernel decides. A power cut may lose or tear anything of the last half minute;
  /// damaged records and artifacts are found by their checksums and computed again.
  case none
}
