import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// What is left to do when nothing runs any more: names, exports, the record of the run.
extension Execution {
  /// A stored node with its name, its artifact and its exports.
  private struct Outcome {
    var name: String
    var artifact: ArtifactRecord
    var exports: [String]
  }

  /// Records that the run has begun; once it is known that there is something to do.
  func beginRecord() throws {
    guard !store.isReadOnly, options.determinismChecks == nil,
      !hasBegun.exchange(true, ordering: .relaxed)
    else { return }
    try store.beginRun(id, pipeline: options.pipeline)
  }

  /// The same where it is found in the run itself. A log that cannot be written stays so, and the end of the
  /// run says it.
  func noteWork() { try? beginRecord() }

  /// Whether the log says of the run that it has begun.
  var hasRecord: Bool { hasBegun.load(ordering: .relaxed) }

  private func outcomes(
    where isWanted: @Sendable (Int, borrowing RunState) -> Bool
  ) -> [Outcome] {
    state.withLock { state in
      state.artifacts.positions.compactMap { node in
        guard isWanted(node, state), let artifact = state.artifacts[node] else { return nil }
        return Outcome(
          name: state.name(of: node), artifact: artifact,
          exports: state.table.attributes[node]?.exports ?? [])
      }
    }
  }

  /// The names of hits that stand for something else, with what they are to stand for. Of a task that ran,
  /// the record of its artifact binds the name.
  func unboundNames() throws -> [(String, ArtifactRecord)] {
    let hasFurther = hasFurtherOutputs.load(ordering: .relaxed)
    if let part = flow, let records = part.records {
      return records.hits.flatMap { hit in
        let further = hasFurther ? records.record(of: hit, in: store) : nil
        return [unbound(hit, records)].compactMap(\.self)
          + unboundOutputs(of: further, name(of: hit))
      }
    }
    return outcomes { $1.hits.contains($0) }.flatMap { outcome in
      let name = "\(options.pipeline)/\(outcome.name)"
      let own = isBound(name, to: outcome.artifact) ? [] : [(name, outcome.artifact)]
      return own + unboundOutputs(of: hasFurther ? outcome.artifact : nil, outcome.name)
    }
  }

  private func isBound(_ name: String, to artifact: ArtifactRecord) -> Bool {
    let known = store.resolve(name)
    return known?.key == artifact.key && known?.artifact == artifact.artifact
  }

  /// The same of what a hit's task made besides.
  ///
  /// - Parameter artifact: Nil where there is nothing to be asked.
  private func unboundOutputs(
    of artifact: ArtifactRecord?, _ node: @autoclosure () -> String
  ) -> [(String, ArtifactRecord)] {
    guard let outputs = artifact?.facts.further, !outputs.isEmpty,
      let records = store.furtherRecords(of: outputs)
    else { return [] }
    let node = node()
    return zip(outputs, records).compactMap { output, record in
      let name = "\(options.pipeline)/\(FurtherOutput.name(output.name, of: node))"
      return isBound(name, to: record) ? nil : (name, record)
    }
  }

  private func unbound(_ hit: Int, _ records: FlowRecords) -> (String, ArtifactRecord)? {
    guard let key = records.key(of: hit) else { return nil }
    let (name, artifact) = ("\(options.pipeline)/\(name(of: hit))", records.contributions[hit])
    if let known = store.resolve(name), known.key == key, known.artifact == artifact { return nil }
    return store.record(of: key, artifact: artifact).map { (name, $0) }
  }

  /// Copies artifacts to the files they are exported as; a file that already has the bytes stays.
  ///
  /// - Returns: The paths, in the order of the nodes.
  func export() throws -> [String] {
    guard let folder = options.exportFolder else { return [] }
    var paths: [String] = []
    for outcome in outcomes(where: { $1.table.attributes[$0]?.exports.isEmpty == false }) {
      for export in outcome.exports {
        let path = path(ofExport: export, in: folder)
        do {
          try write(outcome.artifact, to: path)
        } catch {
          throw PipelineError(
            .output,
            "Node '\(outcome.name)' cannot be exported as '\(path)'; check the folder and its permissions.",
            node: outcome.name, cause: error)
        }
        paths.append(path)
        events.send(.exported(name: outcome.name, path: path))
      }
    }
    return paths
  }

  /// Sends the texts that are to be printed, in the order of the nodes.
  func printTexts() throws {
    guard events.isObserved else { return }
    for outcome in outcomes(where: { $1.table.attributes[$0]?.isPrinted == true }) {
      let text = String(decoding: try store.load(outcome.artifact), as: UTF8.self)
      events.send(.printed(name: outcome.name, text: text))
    }
  }

  private func path(ofExport export: String, in folder: String) -> String {
    export.hasPrefix("/") || folder == "." ? export : "\(folder)/\(export)"
  }

  /// Whether the bytes of a node's artifact are to be printed, or copied to a file that lacks them.
  func isShown(_ node: Int, _ artifact: ArtifactRecord) -> Bool {
    guard let attributes = state.withLock({ $0.table.attributes[node] }) else { return false }
    if attributes.isPrinted { return true }
    guard let folder = options.exportFolder else { return false }
    return attributes.exports.contains { !isCurrent(path(ofExport: $0, in: folder), artifact) }
  }

  /// Whether a file has the bytes of an artifact.
  private func isCurrent(_ path: String, _ artifact: ArtifactRecord) -> Bool {
    (try? FileSystem.size(of: path)) == artifact.size
      && (try? digests.digest(ofFile: path)) == artifact.artifact
  }

  private func write(_ artifact: ArtifactRecord, to path: String) throws {
    if isCurrent(path, artifact) { return }
    if let kind = try? FileSystem.kind(of: path), kind != .file {
      throw PipelineError(.output, "There is something at '\(path)' that is no file.")
    }
    try store.load(artifact).withUnsafeBytes { try FileSystem.replace(path, with: $0) }
  }
}
