import MillraceGraph

/// The nodes of an outline in the regions that they are in, as languages with frames want them.
struct OutlineFrames {
  private let outline: GraphOutline
  /// The nodes and regions directly inside of each region; outside of all under nil.
  private var nodes: [Int?: [Int]] = [:]
  private var regions: [Int?: [Int]] = [:]

  init(_ outline: GraphOutline) {
    self.outline = outline
    for (place, node) in outline.nodes.enumerated() {
      nodes[node.region, default: []].append(place)
    }
    for (place, region) in outline.regions.enumerated() {
      regions[region.outer, default: []].append(place)
    }
  }

  /// Appends a line for each node, and two around each region, indented as they are nested.
  ///
  /// - Complexity: Recurses as deep as regions nest.
  func write(
    to lines: inout [String], node: (GraphOutline.Node, Int) -> String,
    begin: (GraphOutline.Region, Int) -> String, end: () -> String
  ) {
    func write(_ region: Int?, _ indent: String) {
      for place in nodes[region] ?? [] {
        lines.append(indent + node(outline.nodes[place], place))
      }
      for inner in regions[region] ?? [] {
        lines.append(indent + begin(outline.regions[inner], inner))
        write(inner, indent + "  ")
        lines.append(indent + end())
      }
    }
    write(nil, "  ")
  }
}

extension GraphOutline.Region.Kind {
  /// What a frame says.
  var title: String {
    switch self {
    case .forEach: "for each element"
    case .reduce: "for each element, one after another"
    case .repeat: "again and again"
    }
  }
}
