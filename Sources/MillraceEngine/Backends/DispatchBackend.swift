import Dispatch
public import MillraceGraph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Several nodes at a time, on Dispatch threads.
///
/// Synchronous bodies run on the workers themselves, asynchronous ones on an executor of the same
/// workers, so that at most ``width`` nodes are in execution; one that is suspended counts. Give
/// pipelines that mostly wait for a network a width above the number of cores. A branch is finished
/// before another begins, which keeps few values in memory.
public struct DispatchBackend: Backend {
  /// How many nodes run at once.
  public let width: Int

  /// - Parameter width: At least 1; by default the number of active cores.
  public init(width: Int? = nil) {
    self.width = width ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  public var name: String { "dispatch:\(width)" }

  public func makeSession() throws -> any BackendSession {
    guard (1...Self.maximumWidth).contains(width) else {
      throw PipelineError(
        .misuse,
        "A Dispatch backend has 1 to \(Self.maximumWidth) workers, not \(width); give another width."
      )
    }
    return WorkerPool(label: "millrace.dispatch", width: width, order: .depthFirst)
  }

  /// More threads than this exhaust a process before they help.
  package static let maximumWidth = 1024
}

extension BackendReference where Self == DispatchBackend {
  /// Several nodes at a time, by default as many as there are cores.
  public static func dispatch(_ width: Int? = nil) -> DispatchBackend {
    DispatchBackend(width: width)
  }
}

extension Backend where Self == DispatchBackend {
  /// Several nodes at a time, by default as many as there are cores.
  public static func dispatch(_ width: Int? = nil) -> DispatchBackend {
    DispatchBackend(width: width)
  }
}
