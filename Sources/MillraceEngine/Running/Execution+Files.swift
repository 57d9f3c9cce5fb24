import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// Input files are read by bodies, after keys were made of their content.
extension Execution {
  /// - Throws: ``PipelineError`` with code `inputFile` if a file that a node's inputs name is no longer
  ///   what the key was made of.
  func checkFiles(of node: Int) throws {
    guard digests.isUsed else { return }
    let (artifacts, keyed) = state.withLock { $0.inputsNamingFiles(of: node) }
    var files = ledger.withLock { ledger in
      keyed.reduce(into: ledger[node].files) { files, input in
        files.merge(ledger[input].files) { $1 }
      }
    }
    for artifact in artifacts { files.merge(artifact.facts.files) { $1 } }
    try digests.check(files)
  }
}

extension RunState {
  /// What a node's inputs are taken from whose values may name input files: artifacts, and nodes whose
  /// values were encoded for keys alone.
  ///
  /// A transient input is not among them: its own files were checked when it had run.
  func inputsNamingFiles(of node: Int) -> (artifacts: [ArtifactRecord], keyed: [Int]) {
    var artifacts: [ArtifactRecord] = []
    var keyed: [Int] = []
    var seen: Set<Int> = []
    var pending = [node]
    while let next = pending.popLast() {
      for edge in table.edges(of: next) where table.isKeyed(edge, of: next) {
        let source = table.source(edge)
        guard source >= 0, seen.insert(source).inserted else { continue }
        switch table.roles[source] {
        case .stored: if let artifact = self.artifacts[source] { artifacts.append(artifact) }
        case .collect, .forEach, .deferred: pending.append(source)
        case .off, .projection, .element: keyed.append(source)
        case .transient, .twin, .constant: break
        }
      }
    }
    return (artifacts, keyed)
  }
}
