/// Places the nodes of an acyclic graph in layers from left to right, so that edges go to the right, few of
/// them cross, and most are nearly straight.
///
/// After K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system
/// structures", doi:10.1109/TSMC.1981.4308636: layers by longest paths, order by barycentres, an edge over
/// several layers by way of a point in each. Heights are then the least squares of distances to neighbours
/// that keep the order (``LayerPlacing``).
///
/// - Complexity: O(*e* log *e*) for *e* edges, each counted once for every layer that it crosses, times a
///   fixed number of sweeps.
struct LayeredLayout {
  struct Size: Equatable {
    var width: Double
    var height: Double
  }
  struct Point: Equatable {
    var x: Double
    var y: Double
  }
  struct Edge: Hashable {
    var source: Int
    var target: Int
  }

  /// Distances between layers, between neighbours of a layer, and around everything.
  static let (layerGap, gap, margin) = (56.0, 14.0, 16.0)

  /// The centre of each node.
  private(set) var centres: [Point] = []
  /// The points that each edge goes through between its nodes, from source to target.
  private(set) var bends: [Edge: [Point]] = [:]
  /// The size of all of it.
  private(set) var size = Size(width: 0, height: 0)

  /// - Parameters:
  ///   - sizes: The size of each node.
  ///   - edges: Each from one node to another, without circles; those that stand there twice count once.
  init(_ sizes: [Size], edges: [(source: Int, target: Int)]) {
    guard !sizes.isEmpty else { return }
    var seen: Set<Edge> = []
    let edges = edges.map { Edge(source: $0.source, target: $0.target) }
      .filter { $0.source != $0.target && seen.insert($0).inserted }
    let layers = Self.layers(count: sizes.count, edges)
    // Behind the nodes stand the points of edges that cross layers.
    var graph = LayeredGraph(layers: layers)
    var points: [Edge: [Int]] = [:]
    for edge in edges { points[edge] = graph.connect(edge.source, edge.target) }
    let order = LayerOrder(graph).layers
    let heights = graph.layers.indices.map { $0 < sizes.count ? sizes[$0].height : 2 }
    let ys = LayerPlacing(graph, order, heights: heights, gap: Self.gap).centres
    let xs = Self.columns(order, sizes)
    centres = sizes.indices.map { Point(x: xs[graph.layers[$0]], y: Self.margin + ys[$0]) }
    for (edge, way) in points {
      bends[edge] = way.map { Point(x: xs[graph.layers[$0]], y: Self.margin + ys[$0]) }
    }
    let right = sizes.indices.map { centres[$0].x + sizes[$0].width / 2 }.max() ?? 0
    let bottom = graph.layers.indices.map { ys[$0] + heights[$0] / 2 }.max() ?? 0
    size = Size(width: right + Self.margin, height: bottom + 2 * Self.margin)
  }

  /// The layer of each node: behind those of all its sources, and as near to its targets as costs its
  /// sources nothing.
  private static func layers(count: Int, _ edges: [Edge]) -> [Int] {
    var targets = [[Int]](repeating: [], count: count)
    var sourceCounts = [Int](repeating: 0, count: count)
    for edge in edges {
      targets[edge.source].append(edge.target)
      sourceCounts[edge.target] += 1
    }
    var layers = [Int](repeating: 0, count: count)
    var missing = sourceCounts
    var order: [Int] = []
    var ready = (0..<count).filter { missing[$0] == 0 }
    while let node = ready.popLast() {
      order.append(node)
      for target in targets[node] {
        layers[target] = max(layers[target], layers[node] + 1)
        missing[target] -= 1
        if missing[target] == 0 { ready.append(target) }
      }
    }
    for node in order.reversed() where sourceCounts[node] <= targets[node].count {
      if let nearest = targets[node].map({ layers[$0] }).min() { layers[node] = nearest - 1 }
    }
    return layers
  }

  /// The middle of each layer.
  private static func columns(_ order: [[Int]], _ sizes: [Size]) -> [Double] {
    var left = margin
    return order.map { layer in
      let width = layer.map { $0 < sizes.count ? sizes[$0].width : 0 }.max() ?? 0
      defer { left += width + layerGap }
      return left + width / 2
    }
  }
}

/// A graph whose edges go from one layer to the next.
struct LayeredGraph {
  /// The layer of each node and of each point of a long edge.
  private(set) var layers: [Int]
  private(set) var before: [[Int]]
  private(set) var behind: [[Int]]

  init(layers: [Int]) {
    self.layers = layers
    before = Array(repeating: [], count: layers.count)
    behind = before
  }

  /// Leads an edge through the layers between its nodes.
  ///
  /// - Returns: Its points there.
  mutating func connect(_ source: Int, _ target: Int) -> [Int] {
    var points: [Int] = []
    var last = source
    for layer in layers[source] + 1..<max(layers[source] + 1, layers[target]) {
      points.append(layers.count)
      layers.append(layer)
      before.append([])
      behind.append([])
      link(last, points[points.count - 1])
      last = points[points.count - 1]
    }
    link(last, target)
    return points
  }

  private mutating func link(_ source: Int, _ target: Int) {
    behind[source].append(target)
    before[target].append(source)
  }
}
