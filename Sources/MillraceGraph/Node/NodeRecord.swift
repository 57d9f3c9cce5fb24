/// A node in its arena: what it calls and with which inputs. Never changed once its handle exists.
///
/// The inputs lie directly behind the record, one 16-byte cell each: a constant's value, or the
/// pointer to the record of the node that gives the input, and behind it that record's place in the
/// arena, so that a traversal need not look at it. So a node of two inputs is one run of 64
/// bytes in a chunk of memory, without an object, a reference count or a box of its own.
@usableFromInline package struct NodeRecord {
  @usableFromInline package let definition: Unmanaged<TaskDefinition>
  @usableFromInline package var group: UnsafePointer<NodeGroup>
  /// Bit *i* says that input *i* is a constant.
  @usableFromInline package var constants: UInt64 = 0
  /// Position in the arena, from 0, in creation order, which is also the order in memory; ``vacant``
  /// for a record that was moved.
  @usableFromInline package var index: Int32 = 0
  @usableFromInline package let inputCount: Int32

  /// The most constants that a node can have, one for each bit of ``constants``.
  @inlinable package static var maximumConstants: Int { 64 }
  @inlinable package static var vacant: Int32 { -1 }

  init(definition: TaskDefinition, group: UnsafePointer<NodeGroup>, inputCount: Int) {
    self.definition = .passUnretained(definition)
    self.group = group
    self.inputCount = Int32(inputCount)
  }

  @inlinable package static func size(inputs count: Int) -> Int {
    MemoryLayout<NodeRecord>.stride + count * Cell.size
  }
}

extension UnsafePointer<NodeRecord> {
  package var definition: TaskDefinition { pointee.definition._withUnsafeGuaranteedRef { $0 } }
  @inlinable @inline(__always)
  package var inputCount: Int { Int(pointee.inputCount) }

  @inlinable @inline(__always)
  package func cell(_ input: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(self).advanced(by: NodeRecord.size(inputs: input))
  }

  @inlinable @inline(__always)
  package func isConstant(_ input: Int) -> Bool {
    input < NodeRecord.maximumConstants && pointee.constants & (1 << UInt64(input)) != 0
  }

  /// The node that gives an input; the input must not be a constant.
  @inlinable @inline(__always)
  package func source(_ input: Int) -> UnsafePointer<NodeRecord> {
    cell(input).load(as: UnsafePointer<NodeRecord>.self)
  }

  /// The place of an input's node in this node's arena; ``foreign`` if it lies in another.
  @inlinable @inline(__always)
  package func sourceIndex(_ input: Int) -> Int32 {
    cell(input).load(fromByteOffset: 8, as: Int32.self)
  }

  @inlinable package static var foreign: Int32 { -1 }

  @inline(__always)
  package var shape: TaskDefinition.Shape {
    pointee.definition._withUnsafeGuaranteedRef { $0.shape }
  }

  /// ``TaskDefinition/isTask`` of the definition, whose reference count is left alone: it is asked for
  /// several times a node, by all workers.
  package var isTask: Bool { pointee.definition._withUnsafeGuaranteedRef { $0.isTask } }

  package var hasUnkeyedParameters: Bool {
    pointee.definition._withUnsafeGuaranteedRef { $0.hasUnkeyedParameters }
  }

  package var hasAttemptPolicy: Bool {
    pointee.definition._withUnsafeGuaranteedRef { $0.hasAttemptPolicy }
  }
}
