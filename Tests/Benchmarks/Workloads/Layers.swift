import Millrace

private let modulus = 1_000_003

@Task(cache: .off) func source(_ index: Int) -> Int { index % modulus }
@Task(cache: .off) func add(_ first: Int, _ second: Int) -> Int { (first + second) % modulus }
@Task(cache: .off) func checksum(_ values: [Int]) -> UInt64 { hash(values) }

@Task(cache: .transient) func keyedSource(_ index: Int) -> Int { index % modulus }
@Task(cache: .transient) func keyedAdd(_ first: Int, _ second: Int) -> Int {
  (first + second) % modulus
}
@Task(cache: .transient) func keyedChecksum(_ values: [Int]) -> UInt64 { hash(values) }

private func hash(_ values: [Int]) -> UInt64 {
  values.reduce(0) { ($0 * 31 + UInt64($1)) % 1_000_000_007 }
}

/// W3: a hundred layers, each node of which needs two of the layer before.
struct Layers: Workload {
  static let count = 100

  private let width: Int
  private let isKeyed: Bool

  init(nodes: Int, isKeyed: Bool) throws {
    guard nodes >= Self.count else {
      throw Arguments.Problem.usage("W3 needs \(Self.count) nodes, one for each layer.")
    }
    width = nodes / Self.count
    self.isKeyed = isKeyed
  }

  func leaves() -> [Node<UInt64>] {
    let isKeyed = isKeyed
    var layer = (0..<width).map { isKeyed ? $keyedSource($0) : $source($0) }
    for _ in 1..<Self.count {
      layer = layer.indices.map { index in
        let (first, second) = (layer[index], layer[(7 * index + 3) % width])
        return isKeyed ? $keyedAdd(first, second) : $add(first, second)
      }
    }
    return [isKeyed ? $keyedChecksum(layer) : $checksum(layer)]
  }

  func check(_ values: [UInt64]) -> UInt64 { values.reduce(0, +) }
}
