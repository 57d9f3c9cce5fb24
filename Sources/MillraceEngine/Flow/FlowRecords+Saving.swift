import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

extension FlowRecords {
  /// Encodes a value, once, and saves it.
  ///
  /// - Parameter start: When the body began, by the run's clock.
  func save(
    _ node: Int, named name: String, _ worker: FlowWorker, since start: Duration
  ) throws -> (digest: Digest, size: Int) {
    let duration = (clock.now - start).nanoseconds
    worker.encodes += 1
    let definition = (flow.slots + node).record.pointee.definition
    let saved = try definition._withUnsafeGuaranteedRef { definition in
      func encode(
        _ recorder: FileDigests.Recorder?
      ) throws -> (digest: Digest, size: Int)? {
        try definition.output.withEncoded(flow.cell(node)) { bytes in
          let digest = try save(bytes, of: node, named: name, worker, duration, recorder)
          return (digest, bytes.count)
        }
      }
      // A scalar names no files.
      return definition.output.isScalar
        ? try encode(nil) : try worker.recording(with: digests, encode)
    }
    guard let saved else {
      throw PipelineError(.internalFault, "A node was to be stored and has no codec.")
    }
    return saved
  }

  private func save(
    _ bytes: UnsafeRawBufferPointer, of node: Int, named name: String, _ worker: FlowWorker,
    _ duration: UInt64, _ recorder: FileDigests.Recorder?
  ) throws -> Digest {
    let key = Key(keys[node])
    func codec() -> String { (flow.slots + node).record.definition.output.codec?.id ?? "" }
    let walk = worker.walk(self)
    let files = recorder?.files ?? [:]
    if files.isEmpty, let buffer = worker.buffer(self) {
      let template = walk.template(of: node) { task in
        ResultTemplate(codec: codec(), task: task, run: run, pipeline: pipeline)
      }
      let artifact = try walk.withParts(of: node) { parts in
        let result = ResultBuffer.Result(
          node: name, parts: parts, durationNanoseconds: duration)
        return try buffer.save(bytes, for: key, result, of: template)
      }
      if let artifact { return artifact }
    }
    var facts = ArtifactFacts(
      codec: codec(), encodedParts: walk.withParts(of: node) { Array($0) },
      task: walk.taskText(of: node), node: name, run: run, durationNanoseconds: duration)
    facts.pipeline = pipeline
    facts.files = files
    return try store.save(bytes, for: key, facts: facts).artifact
  }
}
