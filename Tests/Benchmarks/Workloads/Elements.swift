import Millrace

@Task(cache: .off) func numbers(below count: Int) -> [Int] { Array(0..<count) }
@Task(cache: .off) func twice(_ value: Int) -> Int { 2 * value }

/// W8: a list that is known only in the run, two tasks for each element, and a sum.
struct Elements: Workload {
  let count: Int

  func leaves() -> [Node<Int>] {
    [$sum(ForEach($numbers(below: count)) { $increment($twice($0)) })]
  }

  /// The square of the number of elements.
  func check(_ values: [Int]) -> UInt64 { values.reduce(0) { $0 + UInt64($1) } }
}
