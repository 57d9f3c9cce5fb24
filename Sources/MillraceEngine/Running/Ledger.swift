import MillraceCoding
import MillraceGraph

/// What a run notes of its nodes beyond their state, by position.
struct Ledger: Sendable {
  struct Entry: Sendable {
    var attempts = 0
    var duration: Duration = .zero
    var error: PipelineError?
    /// The attempts that failed, in their order, of nodes that may be tried more than once.
    var failedAttempts: [FailedAttempt] = []
    /// The key's parts, encoded, from when it is known until the value is stored.
    var parts: [UInt8] = []
    /// Input files that went into the key, with their digests.
    var files: [String: Digest] = [:]
  }

  private var entries: [Int: Entry] = [:]
  /// In the order in which they happened.
  private(set) var failures: [PipelineError] = []
  /// Failures that the run went on from as if there were none, in the same order.
  private(set) var ignored: [PipelineError] = []

  subscript(node: Int) -> Entry {
    get { entries[node] ?? Entry() }
    set { entries[node] = newValue }
  }

  mutating func note(_ error: PipelineError, of node: Int) {
    self[node].error = error
    failures.append(error)
  }

  mutating func noteIgnored(_ error: PipelineError, of node: Int) {
    self[node].error = error
    ignored.append(error)
  }
}
