import Dispatch
import MillraceStore
import Synchronization

/// One thread's part in a ``FlowRun``.
final class FlowWorker: @unchecked Sendable {
  // Used by its own thread alone, but for the deque, the range and the semaphore.
  let number: Int
  let thread: WorkerQueue
  /// Nodes that waited, and can run now.
  let deque = StealingDeque()
  let range = FlowRange()
  let wake = DispatchSemaphore(value: 0)
  /// How many nodes it has made values of.
  var performed = 0
  /// How many nodes ran whose values are stored, and how many of them were known.
  var executed = 0
  var hits = 0
  private var walk: FlowKeyWalk?
  private var buffer: ResultBuffer?
  private var bases: FlowNames.Bases?
  private(set) var identities: FlowIdentities?
  /// Whether it takes what there is to do, or looks first if that is worth it.
  var isEngaged: Bool
  private var scratch = Memory<UnsafeRawPointer>(capacity: 64)

  init(number: Int, label: String) {
    self.number = number
    thread = WorkerQueue(label: label)
    isEngaged = number == 0
  }

  /// What makes keys on its thread.
  func walk(_ records: FlowRecords) -> FlowKeyWalk {
    if let walk { return walk }
    let made = records.makeWalk()
    walk = made
    return made
  }

  /// A node's name, made on its thread.
  func name(of node: Int, _ names: FlowNames) -> String {
    let bases = self.bases ?? names.bases()
    let identities = self.identities ?? FlowIdentities(names.flow)
    (self.bases, self.identities) = (bases, identities)
    return bases.name(of: node, identities)
  }

  /// Where its results wait; nil where they do not.
  func buffer(_ records: FlowRecords) -> ResultBuffer? {
    if let buffer { return buffer }
    buffer = records.store.makeResultBuffer()
    return buffer
  }

  /// Hands over what it saved, so that everybody finds it.
  ///
  /// What cannot be written stays an error of the store, which ends the run.
  func endSaving() {
    try? buffer?.end()
    buffer = nil
  }

  /// Room for the addresses of a body's inputs.
  @inline(__always)
  func addresses(_ count: Int) -> UnsafeMutablePointer<UnsafeRawPointer> {
    scratch.reserve(count)
    return scratch.values
  }
}
