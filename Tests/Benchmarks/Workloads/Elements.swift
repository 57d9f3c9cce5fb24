import Millrace

@Task(cache: .off) func numbers(below count: Int) -> [Int] { Array(0..<count) }
@Task(cache: .off) func twice(_ value: Int) -> Int { 2 * value }
@Task(cache: .off) func added(_ total: Int, _ value: Int) -> Int { total + value }

/// W8: a list that is known only in the run, two tasks for each element, and a sum.
struct Elements: Workload {
  let count: Int
  /// Whether the results are put together as a list before they are added up, which is then one task.
  let isListed: Bool

  func leaves() -> [Node<Int>] {
    let results = ForEach($numbers(below: count)) { $increment($twice($0)) }
    return [isListed ? $sum(results) : results.reduce(0) { $added($0, $1) }]
  }

  /// The square of the number of elements.
  func check(_ values: [Int]) -> UInt64 { values.reduce(0) { $0 + UInt64($1) } }
}
