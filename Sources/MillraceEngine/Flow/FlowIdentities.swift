import MillraceCoding
import MillraceGraph

/// What the nodes of a flow are, as far as it was asked: of each its task and where its inputs come from.
///
/// For one thread; several threads that name nodes have one each, so that none waits for another.
final class FlowIdentities: @unchecked Sendable {
  // Used by its own thread alone, and by others when that is done.
  let flow: Flow
  private let isKnown: Memory<Bool>
  private let identities: Memory<Digest>
  /// What others know who are done.
  private let others: [FlowIdentities]

  init(_ flow: Flow, others: [FlowIdentities] = []) {
    self.flow = flow
    self.others = others
    isKnown = Memory(repeating: false, count: flow.count)
    identities = Memory(capacity: flow.count)
  }

  /// - Complexity: O(1) but for nodes before this one that nobody has asked for.
  subscript(node: Int) -> Digest {
    if let known = known(node) { return known }
    // Chains are longer than a stack is deep.
    var pending = [node]
    while let next = pending.last {
      let record = (flow.slots + next).record
      if let missing = firstUnknown(of: next, record) {
        pending.append(missing)
        continue
      }
      pending.removeLast()
      note(identity(of: next, record), of: next)
    }
    return identities[node]
  }

  private func known(_ node: Int) -> Digest? {
    if isKnown[node] { return identities[node] }
    for other in others where other.isKnown[node] {
      note(other.identities[node], of: node)
      return identities[node]
    }
    return nil
  }

  private func note(_ identity: Digest, of node: Int) {
    (identities.values + node).initialize(to: identity)
    isKnown[node] = true
  }

  private func firstUnknown(of node: Int, _ record: UnsafePointer<NodeRecord>) -> Int? {
    for input in 0..<record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 && known(source) == nil { return source }
    }
    return nil
  }

  private func identity(of node: Int, _ record: UnsafePointer<NodeRecord>) -> Digest {
    // The values first: a closure that captured the table would be made for each node.
    let known = identities
    return record.identity { known[flow.source($0, of: node, record)] }
  }
}
