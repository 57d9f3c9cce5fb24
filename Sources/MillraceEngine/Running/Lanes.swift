import MillraceGraph

/// The backends of a run: one session for each, whatever number of blocks name it.
struct Lanes: Sendable {
  private let fallback: any BackendSession
  private let fallbackName: String
  /// By the backend's name.
  private let sessions: [String: any BackendSession]
  /// Each once, the run's own first.
  let backends: [any Backend]
  /// Whether some node names a backend, so that the others need not be asked.
  private let hasBlocks: Bool

  /// - Throws: ``PipelineError`` with code `misuse` if a node names something that is no backend, or
  ///   one that cannot work.
  init(_ table: borrowing NodeTable, default backend: any Backend) throws {
    fallback = try backend.makeSession()
    fallbackName = backend.name
    var sessions = [backend.name: fallback]
    var backends = [backend]
    var hasBlocks = false
    for reference in table.namedBackends {
      hasBlocks = true
      if sessions[reference.name] == nil {
        let named = try Self.backend(reference)
        backends.append(named)
        sessions[reference.name] = try named.makeSession()
      }
    }
    self.backends = backends
    self.hasBlocks = hasBlocks
    self.sessions = sessions
  }

  private static func backend(_ reference: any BackendReference) throws -> any Backend {
    guard let backend = reference as? any Backend else {
      throw PipelineError(
        .misuse,
        "A block names '\(reference.name)', which is no 'Backend'; use '.local' or '.dispatch()'.")
    }
    return backend
  }

  /// Hands actions to the sessions of their nodes.
  ///
  /// - Parameters:
  ///   - isAtEnd: Whether the caller is a job at its end.
  ///   - backend: The backend that a node names; called only where some node names one.
  func submit(
    _ actions: [RunState.Action], isAtEnd: Bool, backend: (Int) -> String?,
    job: (RunState.Action) -> BackendJob
  ) {
    func hand(_ jobs: [BackendJob], to session: any BackendSession) {
      if isAtEnd { session.submitAtEnd(jobs) } else { session.submit(jobs) }
    }
    guard hasBlocks else { return hand(actions.map(job), to: fallback) }
    var groups: [String: [BackendJob]] = [:]
    for action in actions {
      groups[backend(action.node) ?? fallbackName, default: []].append(job(action))
    }
    for (name, jobs) in groups.sorted(by: { $0.value[0].rank < $1.value[0].rank }) {
      hand(jobs, to: sessions[name] ?? fallback)
    }
  }
}

extension NodeTable {
  /// Every backend that a node names, also in templates, in no special order.
  var namedBackends: [any BackendReference] {
    var backends = attributes.values.compactMap(\.backend)
    var last: NodePlace?
    var templates: [ForEachTemplate] = []
    func visit(_ record: UnsafePointer<NodeRecord>) {
      if let place = record.place, place !== last {
        last = place
        if let backend = place.backend { backends.append(backend) }
      }
      if let template = record.definition.template { templates.append(template) }
    }
    records.forEach(visit)
    while let template = templates.popLast() {
      template.nodes.forEach(visit)
      backends += template.attributes.values.compactMap(\.backend)
    }
    return backends
  }
}
