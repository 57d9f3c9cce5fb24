import MillraceGraph

extension RunState {
  /// The elements and rounds whose copies a node belongs to, from the outermost inwards.
  func places(of node: Int) -> [PipelineError.Place] {
    var places: [PipelineError.Place] = []
    var next = node
    while let (owner, element) = table.origin(of: next), let expansion = expansions[owner] {
      let copy = (next - expansion.first) / expansion.stride
      switch table.records[owner].definition.kind {
      case .repeat:
        places.append(.round(expansion.rounds.lastIndex { $0 <= next }.map { $0 + 1 } ?? 1))
      case .forEach(let template), .reduce(let template):
        // An element that a `Reduce` takes from a list's copies may be gone.
        let label =
          table.roles[element] == .element ? template.name(ofElement: values.cell(element)) : nil
        places.append(.element(position: copy, label: label))
      default: break
      }
      next = owner
    }
    return places.reversed()
  }
}
