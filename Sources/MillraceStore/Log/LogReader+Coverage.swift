import Synchronization

// Where snapshots and clean-ups meet the reading of segments.
extension LogReader {
  /// Begins with what a snapshot says, if all segments are there that it covers, and as long as they
  /// were.
  ///
  /// Called before anything is read.
  ///
  /// - Returns: Whether the snapshot can be used.
  func begin(with snapshot: Snapshot, in index: SharedIndex, clock: LogicalClock) throws -> Bool {
    let names = Set(try logs.list())
    for segment in snapshot.coverage {
      let name = segment.writer.name
      guard names.contains(name), let chunk = try? logs.read(name, from: segment.size, limit: 0),
        segment.fits(chunk.size)
      else { return false }
    }
    progress.withLock { progress in
      for (number, segment) in snapshot.coverage.enumerated() {
        progress[segment.writer.name] = Progress(
          contents: snapshot.index.segments[number], number: Int32(number),
          offset: segment.covered, size: segment.size, isComplete: segment.state == .complete)
      }
    }
    clock.observe(max(snapshot.index.latestTime, snapshot.index.latestEventTime))
    index.withLock { $0 = snapshot.index }
    return true
  }

  /// The index as it is, and for each segment of it how far it holds what that says.
  ///
  /// Segments that writers in this store have not ended are left out.
  func coverage(in index: SharedIndex) -> (index: RecordIndex, coverage: [SegmentCoverage?]) {
    progress.withLock { progress in
      let copy = index.withLock { $0 }
      var coverage = [SegmentCoverage?](repeating: nil, count: copy.segments.count)
      for segment in progress.values { coverage[Int(segment.number)] = self.coverage(of: segment) }
      return (copy, coverage)
    }
  }

  private func coverage(of segment: Progress) -> SegmentCoverage? {
    let (writer, name) = (segment.contents.writer, segment.contents.name)
    func coverage(_ covered: Int, _ size: Int, _ state: SegmentCoverage.State) -> SegmentCoverage {
      SegmentCoverage(writer: writer, covered: covered, size: size, state: state)
    }
    if segment.isOwn {
      let end = segment.contents.end
      guard let chunk = try? logs.read(name, from: end, limit: 0), chunk.isSealed,
        chunk.size == end
      else { return nil }
      return coverage(end, end, .complete)
    }
    if segment.isComplete { return coverage(segment.offset, segment.size, .complete) }
    // A writer holds the file for as long as it lives, once it has written to it, and a dead one never
    // writes again. What it wrote last may have come after the file was read.
    if segment.size > 0, !logs.isBeingWritten(name),
      let chunk = try? logs.read(name, from: segment.size, limit: 0), chunk.size == segment.size,
      !chunk.isSealed
    {
      return coverage(segment.offset, segment.size, .complete)
    }
    return coverage(segment.offset, max(segment.offset, segment.size), .growing)
  }

  /// Lets go of segments that are gone.
  func forget(_ names: Set<String>, in index: SharedIndex) {
    progress.withLock { progress in
      let numbers = names.compactMap { progress.removeValue(forKey: $0)?.number }
      if !numbers.isEmpty { index.withLock { $0.lose(segments: Set(numbers)) } }
    }
  }
}
