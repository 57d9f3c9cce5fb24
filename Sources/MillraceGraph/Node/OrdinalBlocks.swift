import Synchronization

/// The numbers of an arena's nodes in the creation order of the whole process.
///
/// An arena takes numbers in blocks that grow, so that a node costs no atomic operation. What is left of
/// a block is dropped when a node takes an input from elsewhere that has a higher number, and with the
/// arena's end, so on one thread the order is that of creation, and everywhere inputs come first.
struct OrdinalBlocks: ~Copyable {
  struct Block {
    var index: Int32
    var ordinal: UInt64
  }

  /// Under a lock, because another thread may run a node while this one still builds.
  private let blocks = Mutex<[Block]>([])

  private static let next = Atomic<UInt64>(0)
  private static let largestBlock: Int32 = 1 << 16

  /// Takes a block for the nodes from an index on: one number, then always as many as there were.
  ///
  /// - Returns: The index behind the last that has a number now.
  func take(from index: Int32) -> Int32 {
    let size = max(1, min(Self.largestBlock, index))
    let first = Self.next.add(UInt64(size), ordering: .relaxed).oldValue
    blocks.withLock { $0.append(Block(index: index, ordinal: first)) }
    return index + size
  }

  /// - Complexity: O(log *b*) for *b* blocks.
  subscript(index: Int32) -> UInt64 {
    blocks.withLock { blocks in
      var (low, high) = (0, blocks.count - 1)
      while low < high {
        let middle = (low + high + 1) / 2
        if blocks[middle].index <= index { low = middle } else { high = middle - 1 }
      }
      return blocks[low].ordinal + UInt64(index - blocks[low].index)
    }
  }
}
