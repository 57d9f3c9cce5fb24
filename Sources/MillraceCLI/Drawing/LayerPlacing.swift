/// Heights of nodes whose order in their layers is given: each near its neighbours, none over another.
struct LayerPlacing {
  private static let sweeps = 10

  /// The middle of each node, from 0 on.
  private(set) var centres: [Double]

  /// - Parameter heights: Of each node and point.
  init(_ graph: LayeredGraph, _ order: [[Int]], heights: [Double], gap: Double) {
    centres = Array(repeating: 0, count: heights.count)
    /// How far a node is from the first of its layer where all are as near as they may be.
    var offsets = centres
    for layer in order {
      var top = 0.0
      for node in layer {
        offsets[node] = top + heights[node] / 2
        top += heights[node] + gap
      }
      for node in layer { centres[node] = offsets[node] - top / 2 }
    }
    for sweep in 0..<Self.sweeps {
      let isForward = sweep.isMultiple(of: 2)
      for layer in isForward ? order : order.reversed() {
        let wanted = layer.map { node -> Double in
          // All neighbours at last, so that both sides are content.
          let isLast = sweep >= Self.sweeps - 2
          let side = isForward ? graph.before[node] : graph.behind[node]
          let near = isLast || side.isEmpty ? graph.before[node] + graph.behind[node] : side
          if near.isEmpty { return centres[node] - offsets[node] }
          return near.reduce(0) { $0 + centres[$1] } / Double(near.count) - offsets[node]
        }
        for (node, place) in zip(layer, Self.rising(wanted)) {
          centres[node] = place + offsets[node]
        }
      }
    }
    let top = centres.indices.map { centres[$0] - heights[$0] / 2 }.min() ?? 0
    for node in centres.indices { centres[node] -= top }
  }

  /// The sequence that never falls and is the nearest to another by least squares: falling stretches
  /// become their mean (pool adjacent violators).
  ///
  /// - SeeAlso: M. Ayer et al., "An empirical distribution function for sampling with incomplete
  ///   information", doi:10.1214/aoms/1177728423.
  static func rising(_ values: [Double]) -> [Double] {
    var pools: [(sum: Double, count: Int)] = []
    for value in values {
      var pool = (sum: value, count: 1)
      while let last = pools.last,
        last.sum / Double(last.count) >= pool.sum / Double(pool.count)
      {
        pools.removeLast()
        pool = (last.sum + pool.sum, last.count + pool.count)
      }
      pools.append(pool)
    }
    return pools.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
  }
}
