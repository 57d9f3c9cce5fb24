import Millrace

/// A graph to be measured, and what its results must be.
protocol Workload {
  associatedtype Value: Sendable

  /// Whether results are kept in the folder that the command line names.
  static var isStored: Bool { get }

  /// Whether the values of the leaves are asked for.
  var asksForValues: Bool { get }

  /// Makes the graph's nodes; those it returns are asked for.
  func leaves() -> [Node<Value>]

  /// A number that other programs give for the same workload as well.
  func check(_ values: [Value]) -> UInt64

  /// The same number, of values that were not asked for, by what the store says of them.
  func check(_ store: ArtifactStore) -> UInt64

  /// Adds what this workload alone reports.
  func describe(_ outcome: Outcome, in report: inout Report)
}

/// What became of a measured run.
struct Outcome {
  var check: UInt64
  var runTime: Duration
  /// How many tasks ran; the others were found in the store.
  var executed: Int
}

extension Workload {
  static var isStored: Bool { false }
  var asksForValues: Bool { true }
  func check(_ store: ArtifactStore) -> UInt64 { 0 }
  func describe(_ outcome: Outcome, in report: inout Report) {}
}
