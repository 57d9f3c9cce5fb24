import MillraceCoding
import MillraceGraph

/// What a run notes of its nodes beyond their state, by position.
struct Ledger: Sendable {
  /// What is noted of few nodes.
  struct Entry: Sendable {
    var error: PipelineError?
    /// The attempts that failed, in their order, of nodes that may be tried more than once.
    var failedAttempts: [FailedAttempt] = []
    /// Input files that went into the key, with their digests.
    var files: [String: Digest] = [:]
    /// Why it is no hit, in a run that says so.
    var reason: MissReason?
  }

  /// What is noted of each node that ran and was timed.
  struct Effort: Sendable {
    var attempts = 0
    var duration: Duration = .zero
  }

  private var entries: [Int: Entry] = [:]
  private var efforts: PositionTable<Effort> = PositionTable()
  /// The keys' parts, encoded, from when they are known until the value is stored.
  private var parts: PositionTable<[UInt8]> = PositionTable()
  /// The same of nodes whose values are not stored, for the record of the run.
  private var kept: PositionTable<[UInt8]> = PositionTable()
  /// In the order in which they happened.
  private(set) var failures: [PipelineError] = []
  /// Failures that the run went on from as if there were none, in the same order.
  private(set) var ignored: [PipelineError] = []

  subscript(node: Int) -> Entry { entries.isEmpty ? Entry() : entries[node] ?? Entry() }

  func effort(of node: Int) -> Effort { efforts[node] ?? Effort() }

  func parts(of node: Int) -> [UInt8] { parts[node] ?? [] }

  mutating func note(attempts: Int, duration: Duration, of node: Int) {
    efforts[node] = Effort(attempts: attempts, duration: duration)
    parts[node] = nil
  }

  func keptParts(of node: Int) -> [UInt8]? { kept[node] }

  mutating func note(parts: [UInt8], of node: Int) { self.parts[node] = parts }

  mutating func keep(parts: [UInt8], of node: Int) { kept[node] = parts }

  mutating func note(files: [String: Digest], of node: Int) {
    // They may have been others before, where a key is made anew.
    if files.isEmpty && entries[node] == nil { return }
    entries[node, default: Entry()].files = files
  }

  mutating func note(_ reason: MissReason, of node: Int) {
    entries[node, default: Entry()].reason = reason
  }

  mutating func note(_ attempt: FailedAttempt, of node: Int) {
    entries[node, default: Entry()].failedAttempts.append(attempt)
  }

  mutating func note(_ error: PipelineError, of node: Int) {
    entries[node, default: Entry()].error = error
    failures.append(error)
  }

  mutating func noteIgnored(_ error: PipelineError, of node: Int) {
    entries[node, default: Entry()].error = error
    ignored.append(error)
  }
}
