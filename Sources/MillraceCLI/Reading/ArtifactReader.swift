import MillraceGraph
import MillraceStore

/// Shows what a store has, and changes nothing in it.
struct ArtifactReader {
  private let store: ArtifactStore
  private let pipeline: String
  private let console: Console

  /// - Throws: `StoreFailure` if there is no store at the path, or it cannot be read.
  init(path: String, pipeline: String, console: Console) throws {
    var options = StoreOptions()
    options.onWarning = { warning in
      // What is wrong with the artifact that was asked for is an error, and said as one.
      switch warning.code {
      case .corruptArtifact, .missingArtifact, .unreadableArtifact: break
      default: console.complain("Warning: \(warning)")
      }
    }
    store = try .open(at: path, readOnly: true, options: options)
    self.pipeline = pipeline
    self.console = console
  }

  func list() {
    let lines = NameList(pipeline: pipeline).lines(store.names())
    if lines.isEmpty {
      console.complain("The store '\(store.place)' has no names yet; run a pipeline first.")
    }
    for line in lines { console.print(line) }
  }

  /// Writes what a name stands for to standard output or a file.
  ///
  /// - Parameters:
  ///   - raw: Whether to write the bytes as they are stored.
  ///   - file: Replaced as a whole, so that nobody sees a part of it.
  /// - Throws: ``PipelineError`` with code `unknownNode`, `coding` or `output`; `StoreFailure` if
  ///   the artifact is missing or damaged.
  func show(_ name: String, raw: Bool, file: String?) throws {
    let binding = try find(name)
    let bytes = try store.load(binding)
    if raw { return try write(bytes, to: file) }
    let text: ArtifactText
    do {
      text = try ArtifactText(bytes, codec: binding.codec)
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
        "'\(name)' is \(Amounts.size(bytes.count)) of '\(binding.codec)', which a terminal cannot show; write them to a file with '--output FILE', or insist with '--raw'."
      )
    }
    let endsLine = text.bytes.isEmpty || text.bytes.last == UInt8(ascii: "\n")
    console.write(text.bytes + (endsLine ? [] : [UInt8(ascii: "\n")]))
  }

  private func find(_ name: String) throws(PipelineError) -> NameBinding {
    let bindings = store.names()
    switch NameSearch.search(name, pipeline: pipeline, in: bindings) {
    case .found(let binding): return binding
    case .ambiguous(let names):
      let list = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
      throw PipelineError(
        .unknownNode, "'\(name)' is \(names.count) nodes: \(list)\(rest). Name one of them.")
    case .unknown(let near):
      let hint =
        switch near.count {
        case 0: ""
        case 1: " Did you mean '\(near[0])'?"
        default: " Did you mean one of \(near.map { "'\($0)'" }.joined(separator: ", "))?"
        }
      let next =
        bindings.isEmpty
        ? "It has no names yet; run a pipeline first."
        : "'read' without a name lists all \(bindings.count)."
      throw PipelineError(
        .unknownNode, "The store '\(store.place)' has nothing named '\(name)'.\(hint) \(next)")
    }
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
