package import MillraceCoding
import Synchronization

/// Results of one thread on their way to the log: it waits for no other thread while it saves.
///
/// Records are kept here until there are many of them, at most for as long as ``LogWriter`` lets any record
/// wait, and can be found from then on. Until then ``save(_:for:of:)`` is the only one that knows them, so
/// whoever has buffers must not look for a key that is in one.
package final class ResultBuffer: Sendable {
  /// Few enough bytes to stay in a processor's cache.
  private static let capacity = 64 << 10

  private struct State: ~Copyable {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    var count = 0
    /// Of each record, as if the first one were to begin a segment.
    var entries: [RecordIndex.Entry] = []

    deinit { bytes.deallocate() }
  }

  private let state = Mutex(State())
  private let store: ArtifactStore

  init(_ store: ArtifactStore) {
    self.store = store
    state.withLock { $0.entries.reserveCapacity(256) }
  }

  /// One result: what the template does not say.
  package struct Result {
    var node: String
    var parts: UnsafeRawBufferPointer
    var durationNanoseconds: UInt64

    package init(node: String, parts: UnsafeRawBufferPointer, durationNanoseconds: UInt64) {
      self.node = node
      self.parts = parts
      self.durationNanoseconds = durationNanoseconds
    }
  }

  /// Stores a result, as ``ArtifactStore/save(_:for:facts:)`` does.
  ///
  /// - Returns: The artifact, or nil if the result is to be stored by the other way, because of its size.
  package func save(
    _ bytes: UnsafeRawBufferPointer, for key: Key, _ result: Result, of template: ResultTemplate
  ) throws -> Digest? {
    var node = result.node
    return try node.withUTF8 { node in
      let node = UnsafeRawBufferPointer(node)
      let size =
        Frame.headSize
        + template.largestSize(bytes: bytes.count, parts: result.parts.count, node: node.count)
      guard bytes.count <= store.options.inlineLimit, size <= Self.capacity / 2 else { return nil }
      let artifact = Digest.sha256(bytes)
      var emptied = Emptied()
      defer { emptied.report(to: store) }
      try state.withLock { state in
        if state.count + size > Self.capacity { emptied = try empty(&state) }
        if state.entries.isEmpty { store.writer.expectRecords() }
        let content = ResultTemplate.Content(
          bytes: bytes, artifact: artifact, key: key, time: store.clock.next(),
          parts: result.parts, node: node, durationNanoseconds: result.durationNanoseconds)
        append(content, template, to: &state)
      }
      try store.writer.writeIfFull(emptied.waiting)
      return artifact
    }
  }

  private func append(
    _ content: ResultTemplate.Content, _ template: ResultTemplate, to state: inout State
  ) {
    guard let base = state.bytes.baseAddress else { return }
    let head = base + state.count
    let payload = head + Frame.headSize
    let (size, inlineOffset) = template.write(content, to: payload)
    Frame(of: UnsafeRawBufferPointer(start: payload, count: size)).begin(head)
    let place = state.count + Frame.headSize
    var entry = RecordIndex.Entry(
      key: content.key, artifact: content.artifact, time: content.time, segment: 0,
      payload: place..<place + size)
    entry.setName(template.nameHash(node: content.node))
    entry.content = .inline
    entry.size = content.bytes.count
    entry.inlineOffset = UInt32(truncatingIfNeeded: inlineOffset)
    state.entries.append(entry)
    state.count = place + size
  }

  /// What is to be done about records that went to the log, when nothing is locked any more.
  private struct Emptied {
    /// How many bytes wait to be written.
    var waiting = 0
    /// Keys that have another result.
    var conflicts: [Key] = []

    func report(to store: ArtifactStore) {
      for key in conflicts { store.reportConflict(of: key) }
    }
  }

  /// Hands all records over to the log.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``; the results are lost
  ///   then.
  func empty() throws {
    let emptied = try state.withLock { try empty(&$0) }
    emptied.report(to: store)
  }

  private func empty(_ state: inout State) throws -> Emptied {
    guard !state.entries.isEmpty else { return Emptied() }
    defer {
      state.count = 0
      state.entries.removeAll(keepingCapacity: true)
    }
    let records = UnsafeMutableRawBufferPointer(rebasing: state.bytes[..<state.count])
    let stretch = try store.writer.append(begun: records)
    let entries = state.entries
    let conflicts = store.index.withLock { index in
      index.merge(entries, at: stretch)
    }
    return Emptied(waiting: stretch.waiting, conflicts: conflicts)
  }

  /// Hands all over, for the last time.
  ///
  /// - Throws: As ``empty()`` does.
  package func end() throws {
    defer { store.writer.remove(self) }
    try empty()
  }
}

extension ArtifactStore {
  /// A buffer for the results of one thread, to be ended; nil where results do not wait, or cannot be
  /// stored.
  package func makeResultBuffer() -> ResultBuffer? {
    guard !isReadOnly, options.syncPolicy != .every else { return nil }
    let buffer = ResultBuffer(self)
    writer.add(buffer)
    return buffer
  }
}
