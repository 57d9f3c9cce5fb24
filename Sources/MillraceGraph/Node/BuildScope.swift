#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The graph, and the block in it, that the current thread is building.
///
/// Builders are synchronous, so a scope belongs to a thread while its closure runs. It is a
/// thread-specific value and not a task-local one: that is read in a few nanoseconds, and a child task
/// that a closure starts does not inherit an arena that another thread is writing.
@usableFromInline final class BuildScope {
  let arena: NodeArena
  let place: NodePlace?
  /// The group of nodes that are made here, if they are nothing special.
  let group: UnsafePointer<NodeGroup>
  /// How many `ForEach` closures are open.
  let elementDepth: Int

  private init(arena: NodeArena?, place: NodePlace?, elementDepth: Int) {
    // Chunks double, so a large graph has few of them and a single array of nodes little to carry.
    self.arena = arena ?? NodeArena(firstChunk: 512)
    self.place = place
    group = self.arena.group(place: place)
    self.elementDepth = elementDepth
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "no thread-specific storage is left in this process")
    return key
  }()

  @inline(__always)
  static var current: Unmanaged<BuildScope>? {
    pthread_getspecific(key).map { .fromOpaque($0) }
  }

  /// Where nodes are placed that this thread makes now.
  static var place: NodePlace? { current?.takeUnretainedValue().place }

  /// How many `ForEach` closures are open on this thread.
  static var elementDepth: Int { current?.takeUnretainedValue().elementDepth ?? 0 }

  /// Runs `operation` with nodes made in one arena: the current one, or a new one outside of any.
  @usableFromInline
  static func withArena<Result, Failure: Error>(
    _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = current?.takeUnretainedValue()
    let scope = BuildScope(
      arena: outer?.arena, place: outer?.place, elementDepth: outer?.elementDepth ?? 0)
    defer { if outer == nil { scope.arena.seal() } }
    return try scope.enter(operation)
  }

  /// Runs `operation` with nodes placed in a block.
  static func withPlace<Result, Failure: Error>(
    _ place: NodePlace, _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = current?.takeUnretainedValue()
    let scope = BuildScope(
      arena: outer?.arena, place: place, elementDepth: outer?.elementDepth ?? 0)
    return try scope.enter(operation)
  }

  /// Runs `operation` inside of one more `ForEach`.
  static func withElement<Result, Failure: Error>(
    _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = current?.takeUnretainedValue()
    let scope = BuildScope(
      arena: outer?.arena, place: outer?.place, elementDepth: (outer?.elementDepth ?? 0) + 1)
    return try scope.enter(operation)
  }

  /// Runs `operation` with nodes made in an arena and placed as others were, whatever is around it.
  static func with<Result, Failure: Error>(
    arena: NodeArena, place: NodePlace?, _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try BuildScope(arena: arena, place: place, elementDepth: 0).enter(operation)
  }

  private func enter<Result, Failure: Error>(
    _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = pthread_getspecific(Self.key)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer {
      pthread_setspecific(Self.key, outer)
      withExtendedLifetime(self) {}
    }
    return try operation()
  }
}
