/// What modifiers say about a node. Nothing of it is part of the key, but ``cache``.
public struct NodeAttributes: Sendable {
  /// The explicit name.
  public var name: String?
  /// Paths of files that the artifact is copied to, in the order of the modifiers.
  public var exports: [String] = []
  /// Whether the text is printed after the run.
  public var isPrinted: Bool = false
  public var retry: RetryPolicy?
  public var timeout: TimeoutPolicy?
  public var failure: FailurePolicy?
  package var fallback: NodeFallback?
  /// Amounts that hold instead of the task's own, by pool.
  public var resources: [String: ResourceAmount] = [:]
  public var priority: Int?
  public var cache: CachePolicy?
  public var tags: [String] = []
  /// Whether the task runs although there is a result.
  public var isForced: Bool = false
  /// Where the node runs; nil for its block's backend, or the run's.
  public var backend: (any BackendReference)?

  package init() {}

  /// Whether something is said of its attempts.
  package var hasAttemptPolicy: Bool { retry != nil || timeout != nil }

  /// What is said of a node in several places holds together; the later statement wins.
  package mutating func merge(_ later: NodeAttributes) {
    name = later.name ?? name
    exports += later.exports.filter { !exports.contains($0) }
    isPrinted = isPrinted || later.isPrinted
    retry = later.retry ?? retry
    timeout = later.timeout ?? timeout
    failure = later.failure ?? failure
    fallback = later.fallback ?? fallback
    resources.merge(later.resources) { $1 }
    priority = later.priority ?? priority
    cache = later.cache ?? cache
    tags += later.tags.filter { !tags.contains($0) }
    isForced = isForced || later.isForced
    backend = later.backend ?? backend
  }
}

extension NodeAttributes {
  /// What modified handles say, by the node they say it of.
  static func merged(
    _ handles: [UnsafePointer<NodeRecord>]
  ) -> [UnsafePointer<NodeRecord>: NodeAttributes] {
    var merged: [UnsafePointer<NodeRecord>: NodeAttributes] = [:]
    for handle in handles.sorted(by: { $0.ordinal < $1.ordinal }) {
      guard let box = handle.attributes else { continue }
      merged[handle.original, default: NodeAttributes()].merge(box.attributes)
    }
    return merged
  }
}

@usableFromInline package final class NodeAttributesBox: Sendable {
  package let attributes: NodeAttributes
  init(_ attributes: NodeAttributes) { self.attributes = attributes }
}
