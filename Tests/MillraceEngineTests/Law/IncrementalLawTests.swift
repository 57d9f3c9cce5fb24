import Foundation
import Millrace
import Testing

/// An incremental run gives the artifacts of a clean one, and executes nothing that a model of the keys
/// calls unchanged: for random programs, edits, damages and ends of runs, on every backend.
@Suite(.timeLimit(.minutes(60))) struct IncrementalLawTests {
  /// How many sequences are played, and from which seed on.
  private enum Size {
    static let environment = ProcessInfo.processInfo.environment
    static let count = environment["MILLRACE_LAW"].flatMap { Int($0) } ?? 400
    static let first = environment["MILLRACE_LAW_SEED"].flatMap { UInt64($0) } ?? 1
    static let parts = min(count, 16)
  }

  @Test(arguments: 0..<Size.parts)
  func `an incremental run is as good as a clean one, and does no more than it must`(
    part: Int
  ) async throws {
    for number in stride(from: part, to: Size.count, by: Size.parts) {
      let seed = Size.first + UInt64(number)
      if let found = await Law.failure(seed: seed) {
        Issue.record(Comment(rawValue: found))
        return
      }
    }
  }
}
