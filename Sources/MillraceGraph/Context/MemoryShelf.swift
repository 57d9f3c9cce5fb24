import Synchronization

/// What tasks have saved, by node and attempt, for as long as nobody takes it.
///
/// Nothing is made for a task that saves nothing, and whoever takes costs one atomic look then.
package final class MemoryShelf: ArtifactShelf {
  private let isUsed = Atomic<Bool>(false)
  private let saved = Mutex<[Int: [Int: [SavedArtifact]]]>([:])

  package init() {}

  package func put(_ artifact: SavedArtifact, ofNode node: Int, attempt: Int) -> Bool {
    isUsed.store(true, ordering: .releasing)
    return saved.withLock { saved in
      let before = saved[node]?[attempt] ?? []
      if before.contains(where: { $0.name == artifact.name }) { return false }
      saved[node, default: [:]][attempt] = before + [artifact]
      return true
    }
  }

  package func artifacts(ofNode node: Int, attempt: Int) -> [SavedArtifact] {
    saved.withLock { $0[node]?[attempt] ?? [] }
  }

  /// Removes all of a node.
  ///
  /// - Parameter attempt: The one that succeeded; nil if none did.
  /// - Returns: What that one saved, sorted by name.
  package func take(_ node: Int, attempt: Int?) -> [SavedArtifact] {
    guard isUsed.load(ordering: .acquiring) else { return [] }
    let attempts = saved.withLock { $0.removeValue(forKey: node) }
    let artifacts = attempt.flatMap { attempts?[$0] } ?? []
    return artifacts.sorted { $0.name < $1.name }
  }

  /// Nodes of which something is left, in order, with what one attempt saved.
  package func takeRest() -> [(node: Int, attempt: Int, artifacts: [SavedArtifact])] {
    guard isUsed.load(ordering: .acquiring) else { return [] }
    let rest = saved.withLock { saved in
      defer { saved = [:] }
      return saved
    }
    return rest.sorted { $0.key < $1.key }.flatMap { node, attempts in
      attempts.map { (node, $0.key, $0.value.sorted { $0.name < $1.name }) }
    }
  }
}
