/// A node in its arena: what it calls and with which inputs. Never changed once its handle exists.
///
/// The inputs lie directly behind the record, one 16-byte cell each: a constant's value, or the
/// pointer to the record of the node that gives the input, and behind it that record's place in the
/// arena, so that a traversal need not look at it. So a node of two inputs is one run of 96
/// bytes in a chunk of memory, without an object, a reference count or a box of its own.
@usableFromInline package struct NodeRecord {
  @usableFromInline package let definition: Unmanaged<TaskDefinition>
  package let arena: Unmanaged<NodeArena>
  /// Creation order among all nodes of the process; inputs always have lower numbers.
  package var ordinal: UInt64 = 0
  /// Bit *i* says that input *i* is a constant.
  @usableFromInline package var constants: UInt64 = 0
  /// The `ForEach` element that this node's value depends on, the innermost of several.
  package var element: UnsafePointer<NodeRecord>?
  /// Where the node was written: its block. Kept alive by the arena.
  package let place: Unmanaged<NodePlace>?
  /// What a modifier says. Kept alive by the arena.
  package let attributes: Unmanaged<NodeAttributesBox>?
  /// Position in the arena, from 0, in creation order.
  package var index: Int32 = 0
  package let inputCount: Int32

  /// The most constants that a node can have, one for each bit of ``constants``.
  static let maximumConstants = 64

  init(
    definition: TaskDefinition, arena: NodeArena, inputCount: Int, place: NodePlace?,
    attributes: NodeAttributesBox?
  ) {
    self.definition = .passUnretained(definition)
    self.arena = .passUnretained(arena)
    self.inputCount = Int32(inputCount)
    self.place = place.map { .passUnretained($0) }
    self.attributes = attributes.map { .passUnretained($0) }
  }

  @usableFromInline static func size(inputs count: Int) -> Int {
    MemoryLayout<NodeRecord>.stride + count * Cell.size
  }
}

extension UnsafePointer<NodeRecord> {
  package var definition: TaskDefinition { pointee.definition._withUnsafeGuaranteedRef { $0 } }
  package var arena: NodeArena { pointee.arena._withUnsafeGuaranteedRef { $0 } }
  package var inputCount: Int { Int(pointee.inputCount) }

  @inline(__always)
  package func cell(_ input: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(self).advanced(by: MemoryLayout<NodeRecord>.stride + input * Cell.size)
  }

  @inline(__always)
  package func isConstant(_ input: Int) -> Bool {
    input < NodeRecord.maximumConstants && pointee.constants & (1 << UInt64(input)) != 0
  }

  /// The node that gives an input; the input must not be a constant.
  @inline(__always)
  package func source(_ input: Int) -> UnsafePointer<NodeRecord> {
    cell(input).load(as: UnsafePointer<NodeRecord>.self)
  }

  /// The place of an input's node in this node's arena; ``foreign`` if it lies in another.
  @inline(__always)
  package func sourceIndex(_ input: Int) -> Int32 {
    cell(input).load(fromByteOffset: 8, as: Int32.self)
  }

  package static var foreign: Int32 { -1 }

  @inline(__always)
  package var shape: TaskDefinition.Shape {
    pointee.definition._withUnsafeGuaranteedRef { $0.shape }
  }
}
