import MillraceGraph

/// Graphviz's language (https://graphviz.org/doc/info/lang.html).
enum Graphviz {
  static func lines(of outline: GraphOutline) -> [String] {
    var lines = [
      "digraph {", "  rankdir=LR", "  node [shape=box style=rounded fontname=\"sans-serif\"]",
      "  edge [fontname=\"sans-serif\" fontsize=10]",
    ]
    OutlineFrames(outline).write(to: &lines) { node, place in
      let shape =
        switch node.shape {
        case .task: ""
        case .instance: " shape=cylinder style=\"\""
        case .when: " shape=diamond style=\"\""
        }
      return "n\(place) [label=\(quoted(node.name))\(shape)]"
    } begin: { region, place in
      "subgraph cluster\(place) { label=\(quoted(region.kind.title)) style=dashed"
    } end: {
      "}"
    }
    for edge in outline.edges {
      let way = "  n\(edge.source) -> n\(edge.target)"
      lines.append(
        edge.label.isEmpty ? "\(way) [style=dashed]" : "\(way) [label=\(quoted(edge.label))]")
    }
    return lines + ["}"]
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.map { character in
      switch character {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      default: String(character)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
