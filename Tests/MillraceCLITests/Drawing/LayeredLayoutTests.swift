import Testing

@testable import MillraceCLI

@Suite struct LayeredLayoutTests {
  /// A graph made by chance: nodes of several sizes, edges from lower to higher numbers.
  struct Sample: CustomTestStringConvertible {
    var seed: UInt64
    var sizes: [LayeredLayout.Size] = []
    var edges: [(source: Int, target: Int)] = []
    var testDescription: String { "seed \(seed)" }

    init(seed: UInt64) {
      self.seed = seed
      var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
      func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
      }
      let count = 1 + next(60)
      sizes = (0..<count).map { _ in .init(width: Double(30 + next(200)), height: 30) }
      guard count > 1 else { return }
      for _ in 0..<next(3 * count) {
        let (first, second) = (next(count), next(count))
        if first != second { edges.append((min(first, second), max(first, second))) }
      }
    }
  }

  private static let samples = (1...60).map { Sample(seed: $0) }

  @Test(arguments: samples)
  func `edges go to the right, and no node is over another`(sample: Sample) {
    let layout = LayeredLayout(sample.sizes, edges: sample.edges)
    let (sizes, centres) = (sample.sizes, layout.centres)
    for edge in sample.edges {
      let end = centres[edge.source].x + sizes[edge.source].width / 2
      #expect(end + LayeredLayout.layerGap <= centres[edge.target].x - sizes[edge.target].width / 2)
    }
    for first in sizes.indices {
      for second in sizes.indices where second > first {
        let isBeside =
          abs(centres[first].x - centres[second].x)
          >= (sizes[first].width + sizes[second].width) / 2
        let distance = abs(centres[first].y - centres[second].y)
        #expect(isBeside || distance >= 30 + LayeredLayout.gap - 0.001)
      }
    }
  }

  @Test(arguments: samples)
  func `everything lies in the picture`(sample: Sample) {
    let layout = LayeredLayout(sample.sizes, edges: sample.edges)
    for (centre, size) in zip(layout.centres, sample.sizes) {
      #expect(centre.x - size.width / 2 >= LayeredLayout.margin - 0.001)
      #expect(centre.x + size.width / 2 <= layout.size.width - LayeredLayout.margin + 0.001)
      #expect(centre.y - size.height / 2 >= LayeredLayout.margin - 0.001)
      #expect(centre.y + size.height / 2 <= layout.size.height)
    }
    for points in layout.bends.values {
      #expect(points.map(\.x) == points.map(\.x).sorted())
    }
  }

  @Test func `the same graph is drawn the same`() {
    let sample = Sample(seed: 7)
    let first = LayeredLayout(sample.sizes, edges: sample.edges)
    let second = LayeredLayout(sample.sizes, edges: sample.edges)
    #expect(first.centres == second.centres && first.bends == second.bends)
  }

  @Test func `a chain is a straight line, and nothing is no picture`() {
    let sizes = [LayeredLayout.Size](repeating: .init(width: 50, height: 30), count: 5)
    let chain = LayeredLayout(sizes, edges: [(0, 1), (1, 2), (2, 3), (3, 4)])
    #expect(Set(chain.centres.map(\.y)).count == 1)
    #expect(LayeredLayout([], edges: []).centres.isEmpty)
  }

  @Test func `edges that need not cross do not`() {
    // A ladder whose rungs were declared upside down.
    let sizes = [LayeredLayout.Size](repeating: .init(width: 50, height: 30), count: 12)
    var graph = LayeredGraph(layers: (0..<12).map { $0 / 6 })
    for node in 0..<6 { _ = graph.connect(node, 11 - node) }
    #expect(LayerOrder(graph).crossings() == 0)
    let layout = LayeredLayout(sizes, edges: (0..<6).map { ($0, 11 - $0) })
    for node in 0..<6 { #expect(abs(layout.centres[node].y - layout.centres[11 - node].y) < 0.5) }
  }

  @Test func `a source without slack for others stands by who takes it`() {
    let sizes = [LayeredLayout.Size](repeating: .init(width: 50, height: 30), count: 6)
    // 0 → 1 → 2 → 3, and 4 → 5 → 3.
    let layout = LayeredLayout(sizes, edges: [(0, 1), (1, 2), (2, 3), (4, 5), (5, 3)])
    #expect(layout.centres[5].x == layout.centres[2].x)
    #expect(layout.centres[4].x == layout.centres[1].x)
  }

  private static let falls: [(values: [Double], rising: [Double])] = [
    ([], []), ([3], [3]), ([1, 2, 3], [1, 2, 3]), ([3, 2, 1], [2, 2, 2]),
    ([1, 6, 2, 4, 9], [1, 4, 4, 4, 9]), ([4, 4, 1], [3, 3, 3]),
  ]

  @Test(arguments: falls)
  func `the nearest rising sequence has means where it fell`(values: [Double], rising: [Double]) {
    for (found, expected) in zip(LayerPlacing.rising(values), rising) {
      #expect(abs(found - expected) < 1e-9)
    }
    #expect(LayerPlacing.rising(values).count == rising.count)
  }

  @Test func `crossings are counted as pairs`() {
    // Each of three with each of three: nine pairs of edges cross, however they are ordered.
    var graph = LayeredGraph(layers: [0, 0, 0, 1, 1, 1])
    for source in 0..<3 { for target in 3..<6 { _ = graph.connect(source, target) } }
    #expect(LayerOrder(graph).crossings() == 9)
  }
}
