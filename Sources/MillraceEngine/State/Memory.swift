/// Growing memory for plain values that is read without bounds checks, by position.
///
/// It is changed under the run's lock, or by one thread alone; a pointer to its values holds until
/// the next ``append(_:)``.
final class Memory<Value: BitwiseCopyable>: @unchecked Sendable {
  private(set) var values: UnsafeMutablePointer<Value>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 0) {
    self.capacity = max(capacity, 16)
    values = .allocate(capacity: self.capacity)
  }

  convenience init(repeating value: Value, count: Int) {
    self.init(capacity: count)
    values.initialize(repeating: value, count: count)
    self.count = count
  }

  convenience init(_ values: [Value]) {
    self.init(capacity: values.count)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      self.values.initialize(from: base, count: source.count)
    }
    count = values.count
  }

  deinit { values.deallocate() }

  func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutablePointer<Value>.allocate(capacity: larger)
    moved.moveInitialize(from: values, count: count)
    values.deallocate()
    (values, capacity) = (moved, larger)
  }

  @inline(__always)
  func append(_ value: Value) {
    if count == capacity { reserve(count + 1) }
    (values + count).initialize(to: value)
    count += 1
  }

  subscript(index: Int) -> Value {
    @inline(__always) get { values[index] }
    @inline(__always) set { values[index] = newValue }
  }
}
