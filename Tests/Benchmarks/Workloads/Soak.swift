import Millrace

private let wordCount = (100 << 10) / 8

@Task(cache: .off) func begin(_ seed: UInt64) -> [UInt64] {
  [UInt64](repeating: seed, count: wordCount)
}
@Task(cache: .off) func passOn(_ block: [UInt64]) -> [UInt64] { block.map { $0 &+ 1 } }
@Task(cache: .off) func finish(_ block: [UInt64]) -> UInt64 { block.reduce(0, &+) }
@Task(cache: .off) func total(_ values: [UInt64]) -> UInt64 { values.reduce(0, &+) }

/// W9: tasks that take 100 KiB each and make 100 KiB each, in chains of a hundred. A chain has one or
/// two such values alive, so what a run needs at a time is two for each worker.
struct Soak: Workload {
  static let chainLength = 100

  private let chains: Int

  init(nodes: Int) throws {
    guard nodes >= Self.chainLength else {
      throw Arguments.Problem.usage("W9 needs \(Self.chainLength) nodes, for one chain.")
    }
    chains = nodes / Self.chainLength
  }

  func leaves() -> [Node<UInt64>] {
    let ends = (0..<UInt64(chains)).map { seed in
      var node = $begin(seed)
      for _ in 0..<Self.chainLength - 2 { node = $passOn(node) }
      return $finish(node)
    }
    return [$total(ends)]
  }

  func check(_ values: [UInt64]) -> UInt64 { values.reduce(0, &+) }

  func describe(_ outcome: Outcome, in report: inout Report) {
    report.set("value_bytes", wordCount * 8)
  }
}
