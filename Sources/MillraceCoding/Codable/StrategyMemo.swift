internal import Synchronization

/// Remembers for each type how it is coded.
///
/// A dynamic cast to a protocol searches for a conformance, at some 50 to 100 ns; asking here takes a
/// load or two. There are places for 1024 types. Places are never given to another type, so that
/// entries need no freeing and readers no lock; a type that finds none is asked about each time.
struct StrategyMemo<Strategy>: @unchecked Sendable {
  // Unchecked because of the pointer: its memory is never freed and is only used atomically. The
  // entries, and the strategies, which hold nothing but types, never change.
  private let places: UnsafeMutablePointer<Atomic<UInt>>

  private static var placeCount: UInt { 1024 }
  private static var probeCount: UInt { 4 }

  private final class Entry {
    let type: ObjectIdentifier
    let strategy: Strategy

    init(type: ObjectIdentifier, strategy: Strategy) {
      self.type = type
      self.strategy = strategy
    }
  }

  init() {
    places = .allocate(capacity: Int(Self.placeCount))
    for index in 0..<Int(Self.placeCount) { (places + index).initialize(to: Atomic(0)) }
  }

  /// The strategy for a type, which is computed unless it is known.
  @inline(__always)
  func strategy(for type: Any.Type, _ compute: () -> Strategy) -> Strategy {
    let id = ObjectIdentifier(type)
    let address = UInt(bitPattern: id)
    // Metadata is aligned to 8 or 16 bytes, so the lowest bits say nothing.
    let first = address >> 4 ^ address >> 14
    for probe in 0..<Self.probeCount {
      let place = places + Int((first &+ probe) % Self.placeCount)
      let found = place.pointee.load(ordering: .acquiring)
      guard let pointer = UnsafeRawPointer(bitPattern: found) else {
        return remember(compute(), for: id, at: place)
      }
      let entry = Unmanaged<Entry>.fromOpaque(pointer)
      if entry._withUnsafeGuaranteedRef({ $0.type == id }) {
        return entry._withUnsafeGuaranteedRef { $0.strategy }
      }
    }
    return compute()
  }

  private func remember(
    _ strategy: Strategy, for id: ObjectIdentifier, at place: UnsafeMutablePointer<Atomic<UInt>>
  ) -> Strategy {
    let entry = Unmanaged.passRetained(Entry(type: id, strategy: strategy))
    let (isMine, _) = place.pointee.compareExchange(
      expected: 0, desired: UInt(bitPattern: entry.toOpaque()), ordering: .acquiringAndReleasing)
    // Another thread was first, maybe with the same type; the next question finds what it wrote.
    if !isMine { entry.release() }
    return strategy
  }
}
