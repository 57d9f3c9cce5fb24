import Synchronization

/// The bytes of one segment that are kept in memory: what was read of it, or what was written.
///
/// Records stay in these bytes and are decoded when asked for. Above the budget bytes are let go,
/// and a record is then read from storage again.
final class SegmentContents: Sendable {
  private struct Chunk {
    var start: Int
    var bytes: [UInt8]
    var end: Int { start + bytes.count }
  }
  private struct State {
    /// In rising order, without overlap.
    var chunks: [Chunk] = []
    /// What has been appended and not yet been taken to be written.
    var tail: [UInt8] = []
    /// Memory for the next tail, with nothing in it.
    var spare: [UInt8] = []
    var tailStart = 0
    /// Where the stretch ends that was read last for a single record, and how long it was to be.
    var nextStretch = (start: -1, size: 0)

    /// The first chunk with bytes at or behind an offset.
    func firstChunk(endingBehind offset: Int) -> Int? {
      var (low, high) = (0, chunks.count)
      while low < high {
        let middle = (low + high) / 2
        if chunks[middle].end <= offset { low = middle + 1 } else { high = middle }
      }
      return low < chunks.count ? low : nil
    }
  }

  /// How much memory a tail gets at once that many records are appended to.
  private static let largeTail = LogWriter.fullSize + 256 << 10

  /// What is read around a record that is not in memory: little for one asked for by chance, more and
  /// more as long as the next one follows.
  private static let stretches = (least: 4 << 10, most: 256 << 10)

  /// The segment's name in storage.
  let name: String
  /// Who writes it.
  let writer: WriterID
  /// What every frame's check begins with.
  let seed: CRC32
  private let state = Mutex(State())
  private let budget: MemoryBudget

  init(writer: WriterID, budget: MemoryBudget) {
    name = writer.name
    self.writer = writer
    self.budget = budget
    seed = Frame.seed(for: writer)
  }

  // MARK: As its writer

  /// Appends bytes that are no record.
  func append(raw bytes: [UInt8]) {
    state.withLock { $0.tail += bytes }
  }

  /// Appends a record.
  ///
  /// - Returns: Where its payload begins, and how many bytes wait to be written.
  func append(_ payload: UnsafeRawBufferPointer) -> (offset: Int, waiting: Int) {
    append(payload, Frame(of: payload))
  }

  /// Appends a record whose frame was made before, outside of locks.
  func append(
    _ payload: UnsafeRawBufferPointer, _ frame: Frame
  ) -> (offset: Int, waiting: Int) {
    state.withLock { state in
      let offset = state.tailStart + state.tail.count
      frame.append(to: &state.tail, at: offset, seed: seed)
      state.tail.append(contentsOf: payload)
      return (offset + Frame.headSize, state.tail.count)
    }
  }

  /// Appends records that lie one behind another, each with the beginning of its frame.
  ///
  /// - Returns: Where the first frame begins, and how many bytes wait to be written.
  func append(begun records: UnsafeMutableRawBufferPointer) -> (offset: Int, waiting: Int) {
    state.withLock { state in
      let offset = state.tailStart + state.tail.count
      Frame.complete(records, at: offset, seed: seed)
      // Room for all that comes before it is written, so that nothing is moved on the way.
      if state.tail.capacity < Self.largeTail { state.tail.reserveCapacity(Self.largeTail) }
      state.tail.append(contentsOf: records)
      return (offset, state.tail.count)
    }
  }

  /// How many bytes wait to be written.
  var waiting: Int { state.withLock { $0.tail.count } }

  /// Takes what waits to be written; it stays readable here.
  ///
  /// - Returns: How many bytes that is.
  func takeTail() -> Int {
    state.withLock { state in
      let count = state.tail.count
      guard count > 0 else { return 0 }
      var taken = state.spare
      state.spare = []
      swap(&taken, &state.tail)
      state.chunks.append(Chunk(start: state.tailStart, bytes: taken))
      state.tailStart += count
      return count
    }
  }

  /// Writes what was taken last, and lets go of it: whoever asks for a record of it reads it again.
  ///
  /// The memory serves what is appended next. New memory costs more than what is written into it.
  func writeTaken(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if let taken = state.withLock({ $0.chunks.last?.bytes }) { try taken.withUnsafeBytes(write) }
    state.withLock { state in
      guard var written = state.chunks.popLast()?.bytes else { return }
      // Keeps nothing of what a reader holds.
      written.removeAll(keepingCapacity: true)
      if written.capacity <= 2 * Self.largeTail { state.spare = written }
    }
  }

  /// Lets go of memory for what comes next, because nothing does.
  func releaseSpare() { state.withLock { $0.spare = [] } }

  // MARK: As a reader

  /// How many bytes there are, with those that wait to be written.
  var end: Int { state.withLock { $0.tailStart + $0.tail.count } }

  /// How many bytes to read for a record that is not in memory, from its frame on.
  ///
  /// - Parameter frame: Where frame and payload are.
  func stretch(for frame: Range<Int>) -> Int {
    state.withLock { state in
      let next = state.nextStretch
      let follows = next.start..<next.start + max(1, next.size) ~= frame.lowerBound
      let size = follows ? min(2 * next.size, Self.stretches.most) : Self.stretches.least
      state.nextStretch = (frame.upperBound, size)
      guard budget.hasRoom(for: size) else { return frame.count }
      let limit = state.firstChunk(endingBehind: frame.lowerBound).map { state.chunks[$0].start }
      return max(frame.count, min(size, (limit ?? .max) - frame.lowerBound))
    }
  }

  /// Keeps bytes that were read, if there is room and none of them are kept already.
  func keep(_ bytes: [UInt8], at start: Int) {
    guard !bytes.isEmpty, budget.take(bytes.count) else { return }
    let isKept = state.withLock { state in
      let place = state.firstChunk(endingBehind: start) ?? state.chunks.count
      let chunk = Chunk(start: start, bytes: bytes)
      if place < state.chunks.count, state.chunks[place].start < chunk.end { return false }
      state.chunks.insert(chunk, at: place)
      if state.nextStretch.start >= start { state.nextStretch.start = max(chunk.end, start) }
      return true
    }
    if !isKept { budget.give(bytes.count) }
  }

  /// Bytes around a range, which stay what they are, and where in the segment they begin; `nil` if they are
  /// not in memory, or wait to be written.
  func settledBytes(around range: Range<Int>) -> (start: Int, bytes: [UInt8])? {
    state.withLock { state in
      guard let place = state.firstChunk(endingBehind: range.lowerBound) else { return nil }
      let chunk = state.chunks[place]
      guard chunk.start <= range.lowerBound, range.upperBound <= chunk.end else { return nil }
      return (chunk.start, chunk.bytes)
    }
  }

  /// The bytes of this range of the segment, or `nil` if they are not in memory.
  func bytes(in range: Range<Int>) -> ArraySlice<UInt8>? {
    state.withLock { state in
      if range.lowerBound >= state.tailStart, !state.tail.isEmpty {
        let local =
          range.lowerBound - state.tailStart..<range.upperBound - state.tailStart
        // A copy, because a slice would make the next append copy the whole tail.
        return local.upperBound <= state.tail.count ? Array(state.tail[local])[...] : nil
      }
      guard let place = state.firstChunk(endingBehind: range.lowerBound) else { return nil }
      let chunk = state.chunks[place]
      guard chunk.start <= range.lowerBound, range.upperBound <= chunk.end else { return nil }
      return chunk.bytes[range.lowerBound - chunk.start..<range.upperBound - chunk.start]
    }
  }
}

/// How many bytes of segments a store keeps in memory, and how many it may.
final class MemoryBudget: Sendable {
  private let used = Atomic<Int>(0)
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  /// Whether so many bytes could be kept now.
  func hasRoom(for count: Int) -> Bool { used.load(ordering: .relaxed) + count <= limit }

  /// Gives room back that was taken.
  func give(_ count: Int) { used.subtract(count, ordering: .relaxed) }

  /// Takes room for bytes that are kept from now on, if there is enough.
  func take(_ count: Int) -> Bool {
    let (_, used) = used.add(count, ordering: .relaxed)
    if used <= limit { return true }
    self.used.subtract(count, ordering: .relaxed)
    return false
  }
}
