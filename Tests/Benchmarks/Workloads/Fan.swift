import Millrace

@Task(cache: .off) func oddNumber(_ index: Int) -> Int { 2 * index + 1 }
@Task(cache: .off) func sum(_ values: [Int]) -> Int { values.reduce(0, +) }

@Task(cache: .transient) func keyedOddNumber(_ index: Int) -> Int { 2 * index + 1 }
@Task(cache: .transient) func keyedSum(_ values: [Int]) -> Int { values.reduce(0, +) }

/// W2: independent nodes, and one that needs all of them.
struct Fan: Workload {
  let width: Int
  let isKeyed: Bool

  func leaves() -> [Node<Int>] {
    if isKeyed { return [$keyedSum((0..<width).map { $keyedOddNumber($0) })] }
    return [$sum((0..<width).map { $oddNumber($0) })]
  }

  func check(_ values: [Int]) -> UInt64 { values.reduce(0) { $0 + UInt64($1) } }
}
