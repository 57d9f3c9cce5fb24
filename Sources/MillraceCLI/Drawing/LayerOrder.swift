/// The order of nodes in each layer in which few edges cross.
struct LayerOrder {
  private static let sweeps = 12

  /// The nodes of each layer from top to bottom.
  private(set) var layers: [[Int]]

  private let graph: LayeredGraph
  private var places: [Int]

  init(_ graph: LayeredGraph) {
    self.graph = graph
    layers = Array(repeating: [], count: (graph.layers.max() ?? -1) + 1)
    places = Array(repeating: 0, count: graph.layers.count)
    begin()
    var best = layers
    var fewest = crossings()
    for sweep in 0..<Self.sweeps where fewest > 0 {
      self.sweep(forward: sweep.isMultiple(of: 2))
      let count = crossings()
      if count < fewest { (best, fewest) = (layers, count) }
    }
    layers = best
  }

  /// Puts what belongs together next to each other: one part of the graph behind the other.
  private mutating func begin() {
    var seen = [Bool](repeating: false, count: graph.layers.count)
    for start in graph.layers.indices where !seen[start] {
      seen[start] = true
      var pending = [start]
      while let node = pending.popLast() {
        places[node] = layers[graph.layers[node]].count
        layers[graph.layers[node]].append(node)
        for next in (graph.before[node] + graph.behind[node]).reversed() where !seen[next] {
          seen[next] = true
          pending.append(next)
        }
      }
    }
  }

  /// Sorts each layer by where its neighbours in the layer before, or behind, are on average.
  private mutating func sweep(forward: Bool) {
    let neighbours = forward ? graph.before : graph.behind
    let order = forward ? Array(layers.indices) : layers.indices.reversed()
    for layer in order {
      let rated = layers[layer].map { node in
        let near = neighbours[node]
        // One without neighbours keeps its place.
        let sum = near.reduce(0.0) { $0 + Double(places[$1]) }
        return (node: node, mean: near.isEmpty ? Double(places[node]) : sum / Double(near.count))
      }
      layers[layer] = rated.sorted { ($0.mean, places[$0.node]) < ($1.mean, places[$1.node]) }
        .map(\.node)
      for (place, node) in layers[layer].enumerated() { places[node] = place }
    }
  }

  /// How many pairs of edges cross.
  ///
  /// Counted as inversions, by W. Barth, P. Mutzel and M. Jünger, "Simple and efficient bilayer cross
  /// counting", doi:10.7155/jgaa.00088.
  func crossings() -> Int {
    layers.dropLast().indices.reduce(0) { total, layer in
      let ends = layers[layer].flatMap { node in graph.behind[node].map { places[$0] }.sorted() }
      var tree = [Int](repeating: 0, count: layers[layer + 1].count + 1)
      var crossings = 0
      for (number, end) in ends.enumerated() {
        var notBehind = 0
        var place = end + 1
        while place > 0 {
          notBehind += tree[place]
          place &= place - 1
        }
        crossings += number - notBehind
        place = end + 1
        while place < tree.count {
          tree[place] += 1
          place += place & -place
        }
      }
      return total + crossings
    }
  }
}
