import MillraceGraph

/// A graph as a picture of its own: SVG 1.1 (https://www.w3.org/TR/SVG11/), without scripts or anything
/// from elsewhere, in light and dark.
///
/// What a run copies looks like a stack of cards.
struct GraphSVG {
  private static let (fontSize, letter, padding, height) = (13.0, 7.8, 12.0, 30.0)
  /// How far the cards of a stack stand apart.
  private static let stack = 4.0

  private let outline: GraphOutline
  private let title: String
  private let layout: LayeredLayout
  private let sizes: [LayeredLayout.Size]

  init(_ outline: GraphOutline, title: String) {
    self.outline = outline
    self.title = title
    sizes = outline.nodes.map { node in
      let width = Double(TextWidth.columns(node.name)) * Self.letter + 2 * Self.padding
      return LayeredLayout.Size(
        width: node.shape == .when ? width + 2 * Self.padding : width, height: Self.height)
    }
    layout = LayeredLayout(sizes, edges: outline.edges.map { ($0.source, $0.target) })
  }

  var lines: [String] {
    let (width, height) = (number(layout.size.width), number(layout.size.height))
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\">",
      "<title>\(escaped(title))</title>", Self.style,
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>",
    ]
    var labels: [LayeredLayout.Edge: [String]] = [:]
    var ways: [LayeredLayout.Edge] = []
    for edge in outline.edges {
      let way = LayeredLayout.Edge(source: edge.source, target: edge.target)
      if labels[way] == nil { ways.append(way) }
      labels[way, default: []].append(edge.label)
    }
    lines += ways.map { line($0, labels[$0] ?? []) }
    lines += outline.nodes.indices.map(box)
    return lines + ["</svg>"]
  }

  private static let style = """
    <style>
    text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;text-anchor:middle;dominant-baseline:central;fill:#1b1f24}
    .box{fill:#f4f6f8;stroke:#8a94a0}.leaf{stroke:#1f6feb;stroke-width:2}.choice{fill:#fff4d6}.actor{fill:#e9f5ec}
    .edge{fill:none;stroke:#8a94a0;stroke-width:1.2;marker-end:url(#tip)}.order{stroke-dasharray:4 3}marker path{fill:#8a94a0}
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.box{fill:#21262d;stroke:#6e7681}.leaf{stroke:#58a6ff}.choice{fill:#3b300f}.actor{fill:#16301f}.edge{stroke:#6e7681}marker path{fill:#6e7681}}
    </style>
    """

  // MARK: Edges

  private func line(_ edge: LayeredLayout.Edge, _ labels: [String]) -> String {
    var start = layout.centres[edge.source]
    var end = layout.centres[edge.target]
    start.x += sizes[edge.source].width / 2
    end.x -= sizes[edge.target].width / 2
    var path = "M\(number(start.x)) \(number(start.y))"
    var last = start
    for point in (layout.bends[edge] ?? []) + [end] {
      // Level at both ends, so that pieces go over into each other.
      let reach = (point.x - last.x) / 2
      path +=
        "C\(number(last.x + reach)) \(number(last.y)) \(number(point.x - reach)) \(number(point.y)) \(number(point.x)) \(number(point.y))"
      last = point
    }
    let named = labels.filter { !$0.isEmpty }
    let (source, target) = (outline.nodes[edge.source].name, outline.nodes[edge.target].name)
    let what = named.isEmpty ? "order" : named.joined(separator: ", ")
    return
      "<path class=\"edge\(named.isEmpty ? " order" : "")\" d=\"\(path)\"><title>\(escaped("\(source) → \(target): \(what)"))</title></path>"
  }

  // MARK: Nodes

  private func box(_ place: Int) -> String {
    let (node, centre, size) = (outline.nodes[place], layout.centres[place], sizes[place])
    let kind =
      switch node.shape {
      case .task: ""
      case .instance: " actor"
      case .when: " choice"
      }
    let classes = "box\(kind)\(node.isLeaf ? " leaf" : "")"
    var shapes = ""
    let cards = node.region == nil ? [0] : [2, 1, 0]
    for card in cards {
      let (x, y) = (centre.x + Double(card) * Self.stack, centre.y - Double(card) * Self.stack)
      if node.shape == .when {
        let (left, right) = (number(x - size.width / 2), number(x + size.width / 2))
        let (inLeft, inRight) = (
          number(x - size.width / 2 + Self.padding), number(x + size.width / 2 - Self.padding)
        )
        let (top, bottom) = (number(y - size.height / 2), number(y + size.height / 2))
        shapes +=
          "<path class=\"\(classes)\" d=\"M\(left) \(number(y))L\(inLeft) \(top)H\(inRight)L\(right) \(number(y))L\(inRight) \(bottom)H\(inLeft)z\"/>"
      } else {
        shapes +=
          "<rect class=\"\(classes)\" x=\"\(number(x - size.width / 2))\" y=\"\(number(y - size.height / 2))\" width=\"\(number(size.width))\" height=\"\(number(size.height))\" rx=\"6\"/>"
      }
    }
    return
      "<g><title>\(escaped(description(of: node)))</title>\(shapes)<text x=\"\(number(centre.x))\" y=\"\(number(centre.y))\">\(escaped(node.name))</text></g>"
  }

  /// What a pointer over a node shows, and what a screen reader says.
  private func description(of node: GraphOutline.Node) -> String {
    var parts = [node.name]
    if let task = node.task {
      parts.append("task \(task.id)")
      if task.line > 0 { parts.append("\(task.id.fileID):\(task.line)") }
    }
    if let region = node.region { parts.append(outline.regions[region].kind.title) }
    if let backend = node.backend { parts.append("on \(backend)") }
    return parts.joined(separator: ", ")
  }

  /// With one digit behind the point, which a screen does not tell from more.
  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (whole, rest) = (tenths.magnitude / 10, tenths.magnitude % 10)
    return "\(tenths < 0 ? "-" : "")\(whole)\(rest == 0 ? "" : ".\(rest)")"
  }

  private func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      // No XML can have it, not even as a reference.
      case "\u{0}"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}", "\u{fffe}", "\u{ffff}":
        "\u{fffd}"
      default: String(scalar)
      }
    }.joined()
  }
}
