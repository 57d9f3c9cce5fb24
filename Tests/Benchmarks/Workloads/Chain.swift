import Millrace

@Task(cache: .off) func increment(_ value: Int) -> Int { value + 1 }

@Task(cache: .transient) func keyedIncrement(_ value: Int) -> Int { value + 1 }

/// W1: each node is the one before and 1.
struct Chain: Workload {
  let length: Int
  let isKeyed: Bool

  func leaves() -> [Node<Int>] {
    var node = isKeyed ? $keyedIncrement(0) : $increment(0)
    for _ in 1..<length { node = isKeyed ? $keyedIncrement(node) : $increment(node) }
    return [node]
  }

  func check(_ values: [Int]) -> UInt64 { values.reduce(0) { $0 + UInt64($1) } }
}
