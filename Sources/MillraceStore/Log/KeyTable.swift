import MillraceCoding

/// A table from digests to numbers, for one thing only: finding records fast.
///
/// A digest is as good as random already, so its first bytes are the hash; that and the missing
/// hasher make it a few times faster than `Dictionary`. Open addressing, at most half full.
struct KeyTable: Sendable {
  private struct Slot {
    var digest: Digest
    /// The value, or -1 for none.
    var number: Int32
  }

  private var slots: [Slot] = []
  private(set) var count = 0

  /// Makes room for at least so many digests in all.
  mutating func reserve(_ capacity: Int) {
    var size = max(16, slots.count)
    while size < 2 * capacity { size *= 2 }
    guard size > slots.count else { return }
    let old = slots
    slots = Array(
      repeating: Slot(digest: Digest.sha256([]), number: -1), count: size)
    for slot in old where slot.number >= 0 { slots[place(of: slot.digest)] = slot }
  }

  /// The number of a digest, or -1.
  @inline(__always)
  subscript(digest: Digest) -> Int32 {
    slots.isEmpty ? -1 : slots[place(of: digest)].number
  }

  /// Sets a digest's number.
  ///
  /// - Returns: The number that it had, or -1.
  @inline(__always)
  mutating func update(_ digest: Digest, to number: Int32) -> Int32 {
    if 2 * (count + 1) > slots.count { reserve(count + 1) }
    let place = place(of: digest)
    let old = slots[place].number
    slots[place] = Slot(digest: digest, number: number)
    if old < 0 { count += 1 }
    return old
  }

  /// Calls a closure with every digest and its number, in no order.
  func forEach(_ body: (Digest, Int32) -> Void) {
    for slot in slots where slot.number >= 0 { body(slot.digest, slot.number) }
  }

  /// Where a digest is, or the free slot where it belongs.
  @inline(__always)
  private func place(of digest: Digest) -> Int {
    let mask = slots.count - 1
    let hash = digest.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    var place = hash & mask
    while slots[place].number >= 0, slots[place].digest != digest { place = (place + 1) & mask }
    return place
  }
}
