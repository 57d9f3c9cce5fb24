import MillraceGraph
import MillraceStore

/// Shows what a store has, and changes nothing in it.
struct ArtifactReader {
  let question: StoreQuestion
  private var store: ArtifactStore { question.store }
  private var console: Console { question.console }

  /// What is to be shown.
  struct Artifact {
    var name: String
    var codec: String
    var load: () throws -> [UInt8]
  }

  /// - Parameter time: Nil for now.
  func list(at time: LogicalTime?) {
    let names = time.map { store.names(at: $0) } ?? store.names()
    let lines = NameList(pipeline: question.pipeline).lines(names)
    if lines.isEmpty {
      console.complain(
        time == nil
          ? "The store '\(store.place)' has no names yet; run a pipeline first."
          : "The store '\(store.place)' had no names then; 'history' lists its runs.")
    }
    for line in lines { console.print(line) }
  }

  /// What a name stands for, or stood for at a time.
  ///
  /// - Throws: ``PipelineError`` with code `unknownNode`.
  func find(_ name: String, at time: LogicalTime?) throws -> Artifact {
    var binding = try question.find(name)
    if let time {
      guard let earlier = store.binding(of: binding.name, at: time) else {
        throw PipelineError(
          .unknownNode,
          "'\(name)' stood for nothing then; 'history \(name)' says since when it did.")
      }
      binding = earlier
    }
    return Artifact(name: name, codec: binding.codec) { [store, binding] in try store.load(binding)
    }
  }

  /// What a node gave in a run.
  ///
  /// - Throws: ``PipelineError`` with code `unknownNode` or `misuse`.
  func find(_ name: String, inRun text: String) throws -> Artifact {
    let run = try RunSearch(store: store, pipeline: question.pipeline).find(text)
    let full = try question.find(name).name
    let node = NameSearch.short(full, in: run.pipeline)
    guard let view = try store.view(of: run.id) else {
      // A run that was killed bound names all the same.
      guard let end = run.ended ?? run.began else { return try find(name, at: run.id.beginning) }
      return try find(name, at: end)
    }
    guard let record = view.result(named: node) else {
      throw PipelineError(
        .unknownNode,
        "Run \(run.id.shortForm) has no result of '\(name)' in the store; 'history \(name)' lists those that there are."
      )
    }
    return Artifact(name: name, codec: record.codec) { [store] in try store.load(record) }
  }

  /// Writes an artifact to standard output or a file.
  ///
  /// - Parameters:
  ///   - raw: Whether to write the bytes as they are stored.
  ///   - file: Replaced as a whole, so that nobody sees a part of it.
  /// - Throws: ``PipelineError`` with code `coding` or `output`; `StoreFailure` if the artifact is
  ///   missing or damaged.
  func show(_ artifact: Artifact, raw: Bool, file: String?) throws {
    let (name, bytes) = (artifact.name, try artifact.load())
    if raw { return try write(bytes, to: file) }
    let text: ArtifactText
    do {
      text = try ArtifactText(bytes, codec: artifact.codec)
    } catch {
      throw PipelineError(
        .coding,
        "What '\(name)' stands for cannot be shown as JSON; get its bytes with '--raw', or run the pipeline again.",
        cause: error)
    }
    guard file == nil && console.isTerminal else { return try write(text.bytes, to: file) }
    guard text.isText else {
      throw PipelineError(
        .output,
        "'\(name)' is \(Amounts.size(bytes.count)) of '\(artifact.codec)', which a terminal cannot show; write them to a file with '--output FILE', or insist with '--raw'."
      )
    }
    let endsLine = text.bytes.isEmpty || text.bytes.last == UInt8(ascii: "\n")
    console.write(text.bytes + (endsLine ? [] : [UInt8(ascii: "\n")]))
  }

  private func write(_ bytes: [UInt8], to file: String?) throws(PipelineError) {
    guard let file else { return console.write(bytes) }
    do {
      try bytes.withUnsafeBytes { bytes in
        if FileSystem.isDevice(file) {
          // A pipe or a device is written to; putting a file in its place is never what is meant.
          try FileSystem.write(bytes, into: file)
        } else {
          try FileSystem.replace(FileSystem.target(of: file), with: bytes)
        }
      }
    } catch {
      throw PipelineError(
        .output, "The file '\(file)' cannot be written; check the path and its permissions.",
        cause: error)
    }
  }
}
