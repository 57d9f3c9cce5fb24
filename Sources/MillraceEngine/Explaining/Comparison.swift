import MillraceCoding
import MillraceStore

/// Two runs of one pipeline side by side, node by node.
struct Comparison {
  let old: RunView?
  let new: RunView
  let store: ArtifactStore

  func explanation(of node: RunListing.Node) -> Explanation {
    let result = new.result(of: node)
    let reason = reason(for: node)
    return Explanation(
      node: node.name, task: new.listing.task(of: node), state: node.state, run: new.run,
      result: result, earlier: old?.node(named: node.name) == nil ? nil : old?.run, reason: reason,
      roots: roots(of: node, reason), acceptance: result?.acceptance)
  }

  // MARK: One node

  func reason(for node: RunListing.Node) -> Explanation.Reason {
    guard let before = old?.node(named: node.name) else { return .first }
    guard let key = node.key else {
      return [.executed, .hit, .failed].contains(node.state) ? .unkeyed : .unreached
    }
    if key == before.key { return sameKey(node, key) }
    guard before.key != nil else { return .first }
    guard let older = old?.parts(of: before), let newer = new.parts(of: node) else {
      return .forgotten
    }
    return .changed(
      KeyChange.changes(from: older, to: newer).map { part in
        guard case .input(let parameter) = part.subject else {
          return Explanation.Change(part: part, upstream: [])
        }
        let sources = new.sources(of: node, parameter: parameter)
        return Explanation.Change(
          part: part, upstream: sources.filter(gaveSomethingElse).map(\.name))
      })
  }

  private func sameKey(_ node: RunListing.Node, _ key: Key) -> Explanation.Reason {
    guard node.state == .executed || node.state == .failed else { return .same }
    if node.isForced { return .forced }
    if node.encodedParts != nil { return .transient }
    let made = new.result(of: node)?.time ?? new.run.ended
    let since = old?.run.began ?? old?.run.ended
    let invalidation = store.invalidations(of: key).last { invalidation in
      (since.map { invalidation.time > $0 } ?? true)
        && (made.map { invalidation.time < $0 } ?? true)
    }
    return invalidation.map { .invalidated($0) } ?? .lost
  }

  /// Whether a node gave its consumers something else than in the earlier run.
  func gaveSomethingElse(_ node: RunListing.Node) -> Bool {
    guard let before = old?.node(named: node.name) else { return true }
    let (was, now) = (old?.result(of: before)?.artifact, new.result(of: node)?.artifact)
    if let was, let now { return was != now }
    // What is not stored is known by its key; without one it may always have been another value.
    return before.key == nil || before.key != node.key
  }

  // MARK: What is behind it

  /// The nodes at which changes of inputs began, breadth first.
  private func roots(
    of node: RunListing.Node, _ reason: Explanation.Reason
  ) -> [Explanation.Root] {
    guard case .changed(let changes) = reason else { return [] }
    var roots: [Explanation.Root] = []
    var next: [String: String] = [:]
    var pending = changes.flatMap(\.upstream)
    for name in pending { next[name] = next[name] ?? node.name }
    var position = 0
    while position < pending.count {
      let name = pending[position]
      position += 1
      guard let upstream = new.node(named: name) else { continue }
      var further: [String] = []
      var own: [KeyChange] = []
      var isNew = false
      switch self.reason(for: upstream) {
      case .changed(let changes):
        own = changes.filter(\.upstream.isEmpty).map(\.part)
        further = changes.flatMap(\.upstream)
      case .first:
        // An element of a list that has more of them, say.
        isNew = true
        further = new.sources(of: upstream).filter(gaveSomethingElse).map(\.name)
      default: break
      }
      if further.isEmpty || !own.isEmpty {
        let task = new.listing.task(of: upstream)
        roots.append(
          Explanation.Root(
            node: name, changes: own, isNew: isNew, fileID: task.fileID, line: task.line,
            path: path(from: name, to: node.name, next)))
      }
      for other in further where next[other] == nil && other != node.name {
        next[other] = name
        pending.append(other)
      }
    }
    return roots
  }

  private func path(
    from first: String, to last: String, _ next: [String: String]
  ) -> [String] {
    var path = [first]
    while let name = path.last, name != last, let following = next[name] { path.append(following) }
    return path
  }
}
