import Millrace
import MillraceStore

/// Finds the run that somebody means.
struct RunSearch {
  let store: ArtifactStore
  let pipeline: String

  static let help = "A run of 'history': its last digits, 'last', or 'previous'."

  /// - Parameter text: An id, the end of one, `last`, or `previous` for the one before that.
  /// - Throws: ``PipelineError`` with code `misuse` if no run, or more than one, is meant.
  func find(_ text: String) throws(PipelineError) -> RunRecord {
    let runs = store.runs()
    switch text {
    case "last", "previous":
      let own = runs.filter { $0.pipeline == pipeline }.suffix(text == "last" ? 1 : 2)
      guard own.count == (text == "last" ? 1 : 2), let run = own.first else {
        throw PipelineError(
          .misuse,
          "The store '\(store.place)' has no \(text == "last" ? "" : "earlier ")run of '\(pipeline)'."
        )
      }
      return run
    default:
      let found = text.count < 3 ? [] : runs.filter { "\($0.id)".hasSuffix(text.lowercased()) }
      if let run = found.first, found.count == 1 { return run }
      throw PipelineError(
        .misuse,
        found.isEmpty
          ? "The store '\(store.place)' has no run '\(text)'; 'history' lists its \(runs.count)."
          : "\(found.count) runs end with '\(text)'; give more digits.")
    }
  }
}
