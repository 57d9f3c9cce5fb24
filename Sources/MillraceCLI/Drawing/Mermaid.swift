import MillraceGraph

/// Mermaid's flow charts (https://mermaid.js.org/syntax/flowchart.html).
enum Mermaid {
  /// A text without what Mermaid would take for its own, as its entity codes.
  static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\"": "#quot;"
      case "#": "#35;"
      case "<": "#lt;"
      case ">": "#gt;"
      case "\n": " "
      default: String(character)
      }
    }.joined()
  }

  /// A graph from left to right; what a run copies is in a frame.
  static func lines(of outline: GraphOutline) -> [String] {
    var lines = ["flowchart LR"]
    OutlineFrames(outline).write(to: &lines) { node, place in
      let name = escaped(node.name)
      return switch node.shape {
      case .task: "n\(place)[\"\(name)\"]"
      case .instance: "n\(place)[(\"\(name)\")]"
      case .when: "n\(place){\"\(name)\"}"
      }
    } begin: { region, place in
      "subgraph r\(place)[\"\(region.kind.title)\"]"
    } end: {
      "end"
    }
    for edge in outline.edges {
      let (source, target) = ("n\(edge.source)", "n\(edge.target)")
      lines.append(
        edge.label.isEmpty
          ? "  \(source) -.-> \(target)"
          : "  \(source) -->|\"\(escaped(edge.label))\"| \(target)")
    }
    return lines
  }
}
