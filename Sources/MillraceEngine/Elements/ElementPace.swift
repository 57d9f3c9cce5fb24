import Dispatch

/// Whether elements are brief, by a clock that is read every few of them.
struct ElementPace {
  enum Verdict {
    case goOn
    /// It is time to look what else has happened in the run.
    case look
    /// Elements take as long as the nodes that they would have, so several workers should share them.
    case long
  }

  /// The mean from which on elements are not brief, and what is allowed beyond for a first call or a
  /// page of memory, in nanoseconds.
  private static let brief = 3_000
  private static let slack = 50_000
  private static let window = 200_000

  private var start = DispatchTime.now().uptimeNanoseconds
  private var first = 0
  private var next = 1
  /// Whether the last window was long. One may be, where a worker was not given the processor.
  private var wasLong = false

  /// - Parameter done: How many elements were done, from the first on.
  @inline(__always)
  mutating func verdict(after done: Int) -> Verdict { done < next ? .goOn : look(after: done) }

  private mutating func look(after done: Int) -> Verdict {
    let now = DispatchTime.now().uptimeNanoseconds
    let (elapsed, count) = (Int(now - start), done - first)
    next = done + min(8, max(1, count))
    if elapsed > Self.slack + Self.brief * count {
      if wasLong { return .long }
      begin(now, done, wasLong: true)
      next = done + 1
      return .look
    }
    guard elapsed > Self.window else { return .goOn }
    begin(now, done, wasLong: false)
    return .look
  }

  private mutating func begin(_ now: UInt64, _ done: Int, wasLong: Bool) {
    (start, first, self.wasLong) = (now, done, wasLong)
  }
}
