/// The calls on instances that one arena holds, in the order in which they were made.
///
/// An instance may lie in another arena; the calls that are remembered here do not, so they live as long
/// as each other. Calls that are made outside of any `Graph { … }` have arenas of their own and remember
/// nothing: a graph orders those that it reaches.
struct CallMemory {
  private var last: [UnsafePointer<NodeRecord>: UnsafePointer<NodeRecord>] = [:]
  private var previous: [UnsafePointer<NodeRecord>: UnsafePointer<NodeRecord>] = [:]

  /// Notes a new call on an instance.
  mutating func append(_ call: UnsafePointer<NodeRecord>, on instance: UnsafePointer<NodeRecord>) {
    if let earlier = last.updateValue(call, forKey: instance) { previous[call] = earlier }
  }

  func previous(of call: UnsafePointer<NodeRecord>) -> UnsafePointer<NodeRecord>? {
    previous[call]
  }
}

extension UnsafePointer<NodeRecord> {
  package var isMethod: Bool { shape == .method }

  /// The instance that a call is made on.
  package var instance: UnsafePointer<NodeRecord> { source(0).original }

  /// The call before this one on the same instance, of those that were made in one graph.
  var previousCall: UnsafePointer<NodeRecord>? { arena.calls.previous(of: self) }
}
