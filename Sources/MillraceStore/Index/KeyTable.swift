/// A table from hashes to numbers of entries, for one thing only: finding records fast.
///
/// It knows no keys: whoever asks says of an entry's number whether that is the one. So a slot takes
/// eight bytes, and a table of a million entries is made in some milliseconds. Open addressing, at
/// most half full. The hashes must be as good as random in all bits.
struct KeyTable: Sendable {
  private struct Slot {
    /// The hash's low bits, which also say where the slot should be.
    var tag: UInt32
    /// The entry's number, or -1 for none.
    var number: Int32
  }

  private var slots: [Slot] = []
  private(set) var count = 0

  /// Makes room for at least so many numbers in all.
  mutating func reserve(_ capacity: Int) {
    var size = max(16, slots.count)
    while size < 2 * capacity { size *= 2 }
    guard size > slots.count else { return }
    let old = slots
    slots = Array(repeating: Slot(tag: 0, number: -1), count: size)
    for slot in old where slot.number >= 0 { slots[place(of: slot.tag) { _ in false }] = slot }
  }

  /// The number of a hash that fits, or -1.
  @inline(__always)
  func find(_ hash: UInt64, where fits: (Int32) -> Bool) -> Int32 {
    slots.isEmpty ? -1 : slots[place(of: UInt32(truncatingIfNeeded: hash), where: fits)].number
  }

  /// Sets a new number in the place of the one that fits, or adds it.
  ///
  /// - Returns: The number that it replaces, or -1.
  @inline(__always)
  mutating func update(
    _ hash: UInt64, to number: Int32, where fits: (Int32) -> Bool
  ) -> Int32 {
    if 2 * (count + 1) > slots.count { reserve(count + 1) }
    let tag = UInt32(truncatingIfNeeded: hash)
    let place = place(of: tag, where: fits)
    let old = slots[place].number
    slots[place] = Slot(tag: tag, number: number)
    if old < 0 { count += 1 }
    return old
  }

  /// Calls a closure with every number, in no order.
  func forEach(_ body: (Int32) -> Void) {
    for slot in slots where slot.number >= 0 { body(slot.number) }
  }

  /// Where the number that fits is, or the free slot where it belongs.
  @inline(__always)
  private func place(of tag: UInt32, where fits: (Int32) -> Bool) -> Int {
    let mask = slots.count - 1
    var place = Int(tag) & mask
    while slots[place].number >= 0, slots[place].tag != tag || !fits(slots[place].number) {
      place = (place + 1) & mask
    }
    return place
  }
}
