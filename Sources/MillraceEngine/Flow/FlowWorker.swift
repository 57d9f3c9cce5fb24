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
  /// How many values it has encoded.
  var encodes = 0
  private var walk: FlowKeyWalk?
  private var buffer: ResultBuffer?
  private(set) var namer: FlowNames.Namer?
  private var recorder: FileDigests.Recorder?
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
    if let namer { return namer.name(of: node) }
    let made = FlowNames.Namer(names.bases(), FlowIdentities(names.flow))
    namer = made
    return made.name(of: node)
  }

  /// Notes the files that a value names while it is encoded.
  func recording<Result>(
    with digests: FileDigests, _ operation: (FileDigests.Recorder) throws -> Result
  ) rethrows -> Result {
    let recorder = self.recorder ?? FileDigests.Recorder(digests)
    self.recorder = nil
    let result = try FileDigests.$recorder.withValue(recorder) { try operation(recorder) }
    // One that has noted nothing serves the next value.
    if recorder.files.isEmpty { self.recorder = recorder }
    return result
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
