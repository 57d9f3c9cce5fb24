import Synchronization

/// The ready nodes of one worker: a stack for its owner, a queue for those who steal.
///
/// D. Chase and Y. Lev, "Dynamic circular work-stealing deque", doi:10.1145/1073970.1073974, with the
/// memory orders of N. M. Lê et al., "Correct and efficient work-stealing for weak memory models",
/// doi:10.1145/2442516.2442524, but that every store to `bottom` releases, where they have a fence: it
/// costs no more, and the thread sanitizer, which knows no fences, sees that pushing comes before stealing.
final class StealingDeque: @unchecked Sendable {
  // `bottom` and `ring` are written by the owner alone. A ring that was outgrown stays until the end,
  // since a thief may still read it.
  private let top = Atomic<Int>(0)
  private let bottom = Atomic<Int>(0)
  private let ring: Atomic<UnsafeMutableRawPointer>
  private var rings: [UnsafeMutableRawPointer]

  /// A ring is its mask, and behind it the slots.
  private struct Ring {
    let base: UnsafeMutableRawPointer
    var mask: Int { base.load(as: Int.self) }

    // Atomic, since the owner may use a slot again while a thief, too late, still reads it. An `Atomic` has
    // the layout of its value.
    @inline(__always)
    private func slot(_ index: Int) -> UnsafeMutablePointer<Atomic<Int32>> {
      (base + 16 + (index & mask) * 4).assumingMemoryBound(to: Atomic<Int32>.self)
    }

    @inline(__always)
    subscript(index: Int) -> Int32 { slot(index).pointee.load(ordering: .relaxed) }

    @inline(__always)
    func put(_ node: Int32, at index: Int) {
      slot(index).pointee.store(node, ordering: .relaxed)
    }

    static func allocate(_ size: Int) -> Ring {
      let base = UnsafeMutableRawPointer.allocate(byteCount: 16 + size * 4, alignment: 16)
      base.storeBytes(of: size - 1, as: Int.self)
      (base + 16).initializeMemory(as: Int32.self, repeating: 0, count: size)
      return Ring(base: base)
    }
  }

  init() {
    let first = Ring.allocate(256)
    ring = Atomic(first.base)
    rings = [first.base]
  }

  deinit { for ring in rings { ring.deallocate() } }

  /// Puts a node on the stack; the owner alone may.
  @inline(__always)
  func push(_ node: Int32) {
    let low = bottom.load(ordering: .relaxed)
    let high = top.load(ordering: .acquiring)
    var current = Ring(base: ring.load(ordering: .relaxed))
    if low - high > current.mask { current = grow(current, from: high, to: low) }
    current.put(node, at: low)
    bottom.store(low + 1, ordering: .releasing)
  }

  private func grow(_ old: Ring, from high: Int, to low: Int) -> Ring {
    let larger = Ring.allocate((old.mask + 1) * 2)
    for index in high..<low { larger.put(old[index], at: index) }
    rings.append(larger.base)
    ring.store(larger.base, ordering: .releasing)
    return larger
  }

  /// The node that was pushed last; the owner alone may ask.
  @inline(__always)
  func pop() -> Int32? {
    let low = bottom.load(ordering: .relaxed) - 1
    // Nobody but the owner adds, so an empty stack needs no fence to be known as one.
    if top.load(ordering: .relaxed) > low { return nil }
    let current = Ring(base: ring.load(ordering: .relaxed))
    bottom.store(low, ordering: .releasing)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let high = top.load(ordering: .relaxed)
    if high < low { return current[low] }
    defer { bottom.store(low + 1, ordering: .releasing) }
    guard high == low else { return nil }
    let node = current[low]
    return top.compareExchange(
      expected: high, desired: high + 1, ordering: .sequentiallyConsistent
    ).exchanged ? node : nil
  }

  /// The oldest node; nil if there is none, or somebody else took it.
  func steal() -> Int32? {
    let high = top.load(ordering: .acquiring)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let low = bottom.load(ordering: .acquiring)
    guard high < low else { return nil }
    let node = Ring(base: ring.load(ordering: .acquiring))[high]
    return top.compareExchange(
      expected: high, desired: high + 1, ordering: .sequentiallyConsistent
    ).exchanged ? node : nil
  }

  /// Whether there seems to be a node.
  var isEmpty: Bool {
    top.load(ordering: .sequentiallyConsistent) >= bottom.load(ordering: .sequentiallyConsistent)
  }
}
