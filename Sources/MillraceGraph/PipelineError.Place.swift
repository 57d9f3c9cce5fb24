extension PipelineError {
  /// One of the copies of a template that a node of a run belongs to.
  public enum Place: Hashable, Sendable, CustomStringConvertible {
    /// The copy of a `ForEach` or `Reduce` for one element.
    ///
    /// The position counts from 0. The label is what `naming:` calls the element; nil without it, since
    /// values do not belong into messages unasked.
    case element(position: Int, label: String?)
    /// The copy of a `Repeat` for one round, from 1.
    case round(Int)

    public var description: String {
      switch self {
      case .element(let position, nil): "element [\(position)]"
      case .element(let position, let label?): "element [\(position)] '\(label)'"
      case .round(let round): "round \(round)"
      }
    }
  }
}

extension [PipelineError.Place] {
  /// The places from the outermost inwards, in words; empty where there is none.
  package var clause: String {
    isEmpty ? "" : " for " + map(\.description).joined(separator: ", ")
  }
}
