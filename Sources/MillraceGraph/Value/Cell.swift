/// Reads and writes of values in raw cells: places of 16 bytes, aligned to 16, for one value each.
///
/// Values of up to 16 bytes (numbers, strings, arrays, dictionaries, `Data`) lie in the cell itself;
/// larger ones are boxed and the cell holds the pointer. Both choices are known when a task is
/// compiled, so reading a value takes no cast and no lookup. A cell's type is known from its node's
/// definition, never from the cell.
@frozen public enum Cell {
  /// Bytes of one cell, and its alignment.
  @inlinable package static var size: Int { 16 }

  @inlinable @inline(__always)
  static func isInline<Value>(_ type: Value.Type) -> Bool {
    MemoryLayout<Value>.size <= 16 && MemoryLayout<Value>.alignment <= 16
  }

  /// Puts a value into an uninitialised cell.
  @inlinable @inline(__always)
  public static func initialize<Value>(_ cell: UnsafeMutableRawPointer, to value: consuming Value) {
    if isInline(Value.self) {
      cell.initializeMemory(as: Value.self, to: value)
    } else {
      let box = UnsafeMutablePointer<Value>.allocate(capacity: 1)
      box.initialize(to: value)
      cell.initializeMemory(as: UnsafeMutablePointer<Value>.self, to: box)
    }
  }

  /// Copies the value out of a cell that holds one of this type.
  @inlinable @inline(__always)
  public static func read<Value>(_ cell: UnsafeRawPointer, as type: Value.Type) -> Value {
    isInline(Value.self)
      ? cell.assumingMemoryBound(to: Value.self).pointee
      : cell.assumingMemoryBound(to: UnsafeMutablePointer<Value>.self).pointee.pointee
  }

  /// Ends the life of a cell's value and leaves the cell uninitialised.
  @inlinable
  public static func destroy<Value>(_ cell: UnsafeMutableRawPointer, as type: Value.Type) {
    if isInline(Value.self) {
      cell.assumingMemoryBound(to: Value.self).deinitialize(count: 1)
    } else {
      let box = cell.assumingMemoryBound(to: UnsafeMutablePointer<Value>.self).pointee
      box.deinitialize(count: 1)
      box.deallocate()
    }
  }

  @inlinable
  static func isTrivial<Value>(_ type: Value.Type) -> Bool {
    isInline(Value.self) && _isPOD(Value.self)
  }
}
