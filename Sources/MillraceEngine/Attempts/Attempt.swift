import MillraceGraph
import Synchronization

/// One attempt of a node with a policy: where its body reads and writes, and how it is stopped.
///
/// A body whose time is limited may still run when its node has ended. So it has copies of its
/// inputs, a cell of its own for its value, and a flag of its own that says to stop.
final class Attempt: TaskContextSource, Sendable {
  let node: Int
  /// From 1.
  let number: Int
  /// When it began, by the run's clock.
  let start: Duration
  let timeout: TimeoutPolicy
  private let execution: Execution
  let step: StepInput
  private let inputs: InputPointers
  private let ownCells: OwnCells?
  private let cancellation: Cancellation
  private let running = Mutex<RunningBody>(.none)

  private enum RunningBody {
    case none
    /// The task of an asynchronous body, there to be cancelled for as long as it stands here.
    case body(RunningTask)
    case stopped
  }

  private struct RunningTask: @unchecked Sendable {
    // `cancel()` may be called from any thread while the task has not ended.
    let task: UnsafeCurrentTask
  }

  /// - Parameter inputs: Where the values are until this returns, and without a time limit until the body
  ///   has ended.
  init(
    _ number: Int, of node: Int, _ step: StepInput, _ inputs: InputPointers,
    timeout: TimeoutPolicy, at start: Duration, in execution: Execution
  ) {
    let isLimited = timeout != .none
    self.node = node
    self.number = number
    self.start = start
    self.timeout = timeout
    self.execution = execution
    self.step = step
    // Another process has copies anyway.
    ownCells = isLimited && step.farLane == nil ? OwnCells(step.definition, copying: inputs) : nil
    self.inputs = ownCells?.pointers ?? inputs
    cancellation = isLimited ? Cancellation() : execution.options.cancellation
  }

  private var cell: UnsafeMutableRawPointer { ownCells?.value ?? step.cell }

  private func values(_ source: any TaskContextSource) -> TaskInputs {
    TaskInputs(cells: inputs.addresses, source: source, node: node, attempt: number)
  }

  private func contextSource() throws -> any TaskContextSource {
    try execution.contextSource(node, step, attempt: number, from: self)
  }

  func context(ofNode node: Int, attempt: Int) -> TaskContext {
    var context = execution.context(ofNode: node, attempt: attempt)
    context.cancellation = cancellation
    return context
  }

  func run(_ body: @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void) throws {
    try checkCancellation()
    let source = try contextSource()
    try withExtendedLifetime(source) { try body(values(source), cell) }
  }

  func run(
    _ body: @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void
  ) async throws {
    withUnsafeCurrentTask { task in
      guard let task = task.map(RunningTask.init) else { return }
      running.withLock { running in
        if case .none = running { running = .body(task) } else { task.task.cancel() }
      }
    }
    defer { running.withLock { if case .body = $0 { $0 = .none } } }
    try checkCancellation()
    let source = try contextSource()
    defer { withExtendedLifetime(source) {} }
    try await body(values(source), cell)
  }

  private func checkCancellation() throws {
    if execution.options.cancellation.isCancelled { throw CancellationError() }
  }

  /// Tells the body to end.
  func stop() {
    cancellation.cancel()
    // Under the lock, so that the task does not end before it was told.
    running.withLock { running in
      if case .body(let body) = running { body.task.cancel() }
      running = .stopped
    }
  }

  /// Puts the value where consumers read it.
  func deliver() {
    guard let own = ownCells else { return }
    step.definition.output.copy(own.value, to: step.cell)
    step.definition.output.destroy(own.value)
  }

  /// Destroys a value that came too late.
  func drop() {
    if let own = ownCells { step.definition.output.destroy(own.value) }
    if step.farLane != nil { execution.border?.discard(node, attempt: number) }
  }
}

/// Copies of a body's inputs, and a place for its value.
private final class OwnCells: @unchecked Sendable {
  // Written before the body starts; the value's cell is the body's alone until it has ended.
  let pointers: InputPointers
  let value: UnsafeMutableRawPointer
  private let parameters: [TaskDefinition.Parameter]

  init(_ definition: TaskDefinition, copying inputs: InputPointers) {
    parameters = definition.parameters
    pointers = InputPointers(count: parameters.count)
    value = .allocate(byteCount: Cell.size, alignment: Cell.size)
    for (index, parameter) in parameters.enumerated() {
      let copy = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
      parameter.type.copy(inputs.addresses[index], to: copy)
      (pointers.addresses + index).initialize(to: UnsafeRawPointer(copy))
    }
  }

  deinit {
    for (index, parameter) in parameters.enumerated() {
      let copy = UnsafeMutableRawPointer(mutating: pointers.addresses[index])
      parameter.type.destroy(copy)
      copy.deallocate()
    }
    value.deallocate()
  }
}
