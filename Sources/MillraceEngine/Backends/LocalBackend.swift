public import MillraceGraph

/// One node at a time, in declaration order: the same order in every run.
///
/// Nodes run on one Dispatch thread, so the caller's thread stays free.
public struct LocalBackend: Backend {
  public init() {}

  public var name: String { "local" }

  public func makeSession() -> any BackendSession {
    WorkerPool(label: "millrace.local", width: 1, order: .declaration)
  }
}

extension BackendReference where Self == LocalBackend {
  /// One node at a time, in declaration order.
  public static var local: LocalBackend { LocalBackend() }
}

extension Backend where Self == LocalBackend {
  /// One node at a time, in declaration order.
  public static var local: LocalBackend { LocalBackend() }
}
