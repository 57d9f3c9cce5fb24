import MillraceCoding
import MillraceGraph
import MillraceStore

extension ArtifactStore {
  /// Stores what a task made besides a result that is about to be saved, so that a result is never there
  /// without its further outputs.
  ///
  /// - Parameters:
  ///   - key: The result's.
  ///   - facts: The result's.
  /// - Throws: As ``save(_:for:facts:)``.
  func save(
    _ artifacts: [SavedArtifact], of key: Key, _ facts: ArtifactFacts
  ) throws -> [FurtherOutput] {
    try artifacts.map { artifact in
      let parts = FurtherOutput.parts(artifact.name, of: key)
      let record = try save(artifact, parts, facts)
      return FurtherOutput(name: artifact.name, key: record.key, artifact: record.artifact)
    }
  }

  /// Stores what a task made whose own value is not stored, and binds its names.
  ///
  /// Bytes that are there already are only named.
  ///
  /// - Parameter facts: Those of the node, with its pipeline.
  /// - Throws: As ``save(_:for:facts:)``.
  func save(_ artifacts: [SavedArtifact], ofUnstored facts: ArtifactFacts) throws {
    for artifact in artifacts {
      let digest = artifact.bytes.withUnsafeBytes { Digest.sha256($0) }
      let node = "\(facts.pipeline ?? "")/\(facts.node)"
      let parts = FurtherOutput.parts(artifact.name, ofNode: node, artifact: digest)
      if let known = find(parts.key), isReadable(known) {
        let name = FurtherOutput.name(artifact.name, of: node)
        let binding = resolve(name)
        if binding?.key == known.key && binding?.artifact == known.artifact { continue }
        do {
          try bind(name, to: known, run: facts.run)
          continue
        } catch let failure as StoreFailure where failure.code == .missing {
          // A clean-up has removed it since it was found.
        }
      }
      _ = try save(artifact, parts, facts)
    }
  }

  private func save(
    _ artifact: SavedArtifact, _ parts: KeyParts, _ owner: ArtifactFacts
  ) throws -> ArtifactRecord {
    var facts = ArtifactFacts(
      codec: artifact.codec, parts: parts, task: owner.task,
      node: FurtherOutput.name(artifact.name, of: owner.node), run: owner.run)
    facts.pipeline = owner.pipeline
    return try artifact.bytes.withUnsafeBytes { try save($0, for: parts.key, facts: facts) }
  }
}
