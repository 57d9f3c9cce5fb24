import MillraceCoding
import MillraceGraph
import Synchronization

/// A value that is held for another process.
final class HeldValue: @unchecked Sendable {
  // Written before anybody else has it, and only read afterwards.
  let cell: UnsafeMutableRawPointer
  let type: ValueType
  private var isWritten = false

  /// - Parameter write: Puts a value into the cell, or throws and leaves it uninitialised.
  init(_ type: ValueType, _ write: (UnsafeMutableRawPointer) throws -> Void) throws {
    self.type = type
    cell = .allocate(byteCount: Cell.size, alignment: Cell.size)
    try write(cell)
    isWritten = true
  }

  init(_ type: ValueType, _ write: (UnsafeMutableRawPointer) async throws -> Void) async throws {
    self.type = type
    cell = .allocate(byteCount: Cell.size, alignment: Cell.size)
    try await write(cell)
    isWritten = true
  }

  /// - Throws: ``PipelineError`` with code `coding` if these are no value's bytes.
  convenience init(decoding bytes: [UInt8], as type: ValueType) throws {
    do {
      try self.init(type) { cell in
        if !type.isVoid { try type.decode(bytes, into: cell) }
      }
    } catch {
      throw PipelineError(
        .coding,
        "A value came to another process and cannot be decoded there; make '\(type.name)' decode what it encodes.",
        cause: error)
    }
  }

  deinit {
    if isWritten { type.destroy(cell) }
    cell.deallocate()
  }

  /// - Throws: ``PipelineError`` with code `coding` if the type cannot be encoded, or what its encoding
  ///   throws.
  func encoded(_ digests: FileDigests) throws -> RemoteEncoding {
    if type.isVoid { return RemoteEncoding(bytes: [], files: [:]) }
    let (bytes, files) = try digests.recording { try type.withEncoded(cell) { Array($0) } }
    guard let bytes else {
      throw PipelineError(
        .coding,
        "A value is needed outside of its process, but '\(type.name)' cannot be encoded; make it 'Codable', or put what uses it into the same block."
      )
    }
    return RemoteEncoding(bytes: bytes, files: files)
  }
}

/// Where a body's inputs lie, and what keeps them.
final class FarInputCells: @unchecked Sendable {
  // Written before the body starts.
  let pointers: InputPointers
  private var values: [HeldValue] = []

  init(count: Int) { pointers = InputPointers(count: count) }

  func set(_ index: Int, to cell: UnsafeRawPointer, keeping value: HeldValue?) {
    (pointers.addresses + index).initialize(to: cell)
    if let value { values.append(value) }
  }
}

/// One body that runs for another process.
final class FarBody: TaskContextSource, Sendable {
  private struct State {
    var value: HeldValue?
    var lines: [RemoteAnswer.Line] = []
    /// As plug-ins left it.
    var context: TaskContext?
  }

  private struct RunningTask: @unchecked Sendable {
    // `cancel()` may be called from any thread while the task has not ended, and it is listed until then.
    let task: UnsafeCurrentTask
  }

  private let definition: TaskDefinition
  private let cells: FarInputCells
  private let context: RemoteCall.Context?
  private let cancellation: Cancellation
  private let plugins: [any RunPlugin]
  private let attributes: NodeAttributes
  private let state = Mutex(State())
  private let artifacts = TaskArtifacts()
  // Under a lock of its own, as cancelling may call anything.
  private let running = Mutex<RunningTask?>(nil)

  init(
    _ definition: TaskDefinition, _ cells: FarInputCells, _ context: RemoteCall.Context?,
    _ cancellation: Cancellation, plugins: [any RunPlugin] = [],
    attributes: NodeAttributes = NodeAttributes()
  ) {
    self.plugins = plugins
    self.attributes = attributes
    self.definition = definition
    self.cells = cells
    self.context = context
    self.cancellation = cancellation
  }

  var value: HeldValue? { state.withLock { $0.value } }
  var lines: [RemoteAnswer.Line] { state.withLock { $0.lines } }
  var savedArtifacts: [RemoteAnswer.Artifact] {
    artifacts.saved.map {
      RemoteAnswer.Artifact(name: $0.name, codec: $0.codec, bytes: $0.bytes)
    }
  }

  var inputs: TaskInputs {
    TaskInputs(
      cells: cells.pointers.addresses, source: self, node: 0, attempt: context?.attempt ?? 1)
  }

  func context(ofNode node: Int, attempt: Int) -> TaskContext {
    state.withLock { $0.context } ?? plainContext
  }

  /// Calls the plug-ins, just before the body.
  private func initialize() throws {
    guard !plugins.isEmpty else { return }
    var context = plainContext
    let node = PluginNode(name: context.node, task: definition, attributes: attributes)
    for plugin in plugins { try plugin.remoteInitialize(node, &context) }
    state.withLock { [context] in $0.context = context }
  }

  private var plainContext: TaskContext {
    guard let context else {
      return TaskContext(cancellation: cancellation, artifacts: artifacts)
    }
    return TaskContext(
      run: context.run, node: context.node, attempt: context.attempt,
      environment: context.environment, seed: context.seed, cancellation: cancellation,
      log: TaskLog { [weak self] line in
        let line = RemoteAnswer.Line(
          level: line.level.rawValue, source: line.source.rawValue, text: line.text)
        self?.state.withLock { $0.lines.append(line) }
      },
      artifacts: artifacts)
  }

  /// Runs the body on this thread; an asynchronous one as the returned closure.
  ///
  /// - Parameter done: Receives the error, or nil.
  func run(_ done: @escaping @Sendable ((any Error)?) -> Void) -> (@Sendable () async -> Void)? {
    switch definition.body {
    case .sync(let body):
      do {
        if cancellation.isCancelled { throw CancellationError() }
        try initialize()
        keep(try HeldValue(definition.output) { try body(inputs, $0) })
        done(nil)
      } catch {
        done(error)
      }
      return nil
    case .async(let body):
      return { [self] in
        do {
          try await cancellable {
            try initialize()
            keep(try await HeldValue(definition.output) { try await body(inputs, $0) })
          }
          done(nil)
        } catch {
          done(error)
        }
      }
    }
  }

  private func keep(_ value: HeldValue) { state.withLock { $0.value = value } }

  private func cancellable(_ body: () async throws -> Void) async throws {
    withUnsafeCurrentTask { task in
      let body = task.map(RunningTask.init)
      running.withLock { $0 = body }
    }
    let registration = cancellation.onCancel { [weak self] in
      self?.running.withLock { $0?.task.cancel() }
    }
    defer {
      registration.remove()
      running.withLock { $0 = nil }
    }
    if cancellation.isCancelled { throw CancellationError() }
    try await body()
  }
}
