/// Where an arena's next record goes, and what it gets to know.
@usableFromInline struct ArenaCursor {
  private(set) var next: UnsafeMutableRawPointer
  private var limit: UnsafeMutableRawPointer
  /// How many nodes there are.
  private(set) var count: Int32 = 0
  /// How many nodes have a number in the order of the process, or will.
  var numbered: Int32 = 0

  init() {
    next = UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
    limit = next
  }

  mutating func open(_ chunk: UnsafeMutableRawPointer, size: Int) {
    next = chunk
    limit = chunk + size
  }

  mutating func close() { limit = next }

  /// Memory for a record; nil if the chunk is full.
  @inline(__always)
  mutating func take(_ size: Int) -> UnsafeMutableRawPointer? {
    let place = next
    guard limit - place >= size else { return nil }
    next = place + size
    return place
  }

  /// Gives the next node its index.
  @inline(__always)
  mutating func add() -> Int32 {
    defer { count += 1 }
    return count
  }
}
