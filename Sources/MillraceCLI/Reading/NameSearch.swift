import MillraceGraph
import MillraceStore

/// Finds what somebody who asks for a name means.
enum NameSearch {
  enum Outcome: Equatable {
    case found(NameBinding)
    /// Several nodes begin so; their names, as they can be asked for.
    case ambiguous([String])
    /// The nearest names, as they can be asked for; at most three.
    case unknown(near: [String])
  }

  /// - Parameters:
  ///   - text: A node of the pipeline, which comes first; a full name `pipeline/node`; or a node
  ///     whose digits after `#` are cut short or left out, if there is only one such.
  static func search(_ text: String, pipeline: String, in bindings: [NameBinding]) -> Outcome {
    let own = "\(pipeline)/\(text)"
    if let exact = bindings.first(where: { $0.name == own })
      ?? bindings.first(where: { $0.name == text })
    {
      return .found(exact)
    }
    for full in [own, text] {
      let longer = bindings.filter { isBeginning(full, of: $0.name) }
      if longer.count == 1 { return .found(longer[0]) }
      if longer.count > 1 { return .ambiguous(longer.map { short($0.name, in: pipeline) }) }
    }
    let names = bindings.map { short($0.name, in: pipeline) }
    return .unknown(near: NameSuggestions.nearest(to: text, in: names))
  }

  enum NameOutcome: Equatable {
    case found(String)
    case ambiguous([String])
    case unknown(near: [String])
  }

  /// As ``search(_:pipeline:in:)``, among the names of a run's nodes.
  static func search(_ text: String, in names: [String]) -> NameOutcome {
    if names.contains(text) { return .found(text) }
    let longer = names.filter { isBeginning(text, of: $0) }
    if longer.count == 1 { return .found(longer[0]) }
    if longer.count > 1 { return .ambiguous(longer) }
    return .unknown(near: NameSuggestions.nearest(to: text, in: names))
  }

  /// The name as the pipeline's user asks for it: without the pipeline, if it is its own.
  static func short(_ name: String, in pipeline: String) -> String {
    name.hasPrefix("\(pipeline)/") ? String(name.dropFirst(pipeline.count + 1)) : name
  }

  private static func isBeginning(_ text: String, of name: String) -> Bool {
    let (asked, known) = (FurtherOutput.split(text), FurtherOutput.split(name))
    if asked != nil || known != nil {
      // `train::plot` may stand for `train#3fa91c05d2::plot`, and `train` never does.
      guard let asked, let known, asked.output == known.output else { return false }
      return isBeginning(asked.node, of: known.node)
    }
    guard name.hasPrefix(text), let mark = name.lastIndex(of: "#") else { return false }
    return text.count >= name.distance(from: name.startIndex, to: mark)
  }
}
