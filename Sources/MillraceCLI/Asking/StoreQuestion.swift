import Millrace
import MillraceStore

/// What the verbs that only ask the store work with.
struct StoreQuestion {
  let store: ArtifactStore
  let pipeline: String
  let console: Console

  /// Opens a store, lets a verb answer, and says what went wrong.
  ///
  /// - Parameter writes: Whether the verb records something.
  static func answer<P: PipelineCommand>(
    _ location: StoreLocation, of pipeline: P.Type, in session: Session, writes: Bool = false,
    _ body: (StoreQuestion) throws -> Void
  ) -> ExitStatus {
    let console = session.console
    do {
      let path = try location.folder(in: session, purpose: "ask")
      do {
        var options = StoreOptions()
        options.onWarning = { warning in
          // What is wrong with the artifact that was asked for is an error, and said as one.
          switch warning.code {
          case .corruptArtifact, .missingArtifact, .unreadableArtifact: break
          default: console.complain("Warning: \(warning)")
          }
        }
        if writes {
          // Nothing is made where nothing is: that would hide a wrong path.
          _ = try ArtifactStore.open(at: path, readOnly: true)
        }
        let store = try ArtifactStore.open(at: path, readOnly: !writes, options: options)
        try body(StoreQuestion(store: store, pipeline: P.pipelineName, console: console))
        try store.close()
        return console.status
      } catch let problem as Settings.Problem {
        throw problem
      } catch {
        console.complain("Error: \(Failures.sentence(error))")
        return .failure
      }
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
  }

  /// The name as the pipeline's user asks for it.
  func short(_ name: String) -> String { NameSearch.short(name, in: pipeline) }

  /// What a name that somebody asks for stands for.
  ///
  /// - Throws: ``PipelineError`` with code `unknownNode`, with the nearest names.
  func find(_ name: String) throws(PipelineError) -> NameBinding {
    let bindings = store.names()
    switch NameSearch.search(name, pipeline: pipeline, in: bindings) {
    case .found(let binding): return binding
    case .ambiguous(let names):
      let list = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
      throw PipelineError(
        .unknownNode, "'\(name)' is \(names.count) nodes: \(list)\(rest). Name one of them.")
    case .unknown(let near):
      let next =
        bindings.isEmpty
        ? "It has no names yet; run a pipeline first."
        : "'read' without a name lists all \(bindings.count)."
      throw PipelineError(
        .unknownNode,
        "The store '\(store.place)' has nothing named '\(name)'.\(Self.hint(near)) \(next)")
    }
  }

  /// ` Did you mean 'report'?`, or nothing.
  static func hint(_ near: [String]) -> String {
    switch near.count {
    case 0: ""
    case 1: " Did you mean '\(near[0])'?"
    default: " Did you mean one of \(near.map { "'\($0)'" }.joined(separator: ", "))?"
    }
  }
}
