import MillraceCoding
import MillraceGraph
import Synchronization

/// The names of a flow's nodes, where the nodes make up one arena; those of `NodeNames`.
///
/// No modifier speaks there, so a name is the task's, in its group, and a suffix where several nodes share
/// it. Nothing is made before somebody asks.
final class FlowNames: Sendable {
  private let flow: Flow
  private let made = Mutex<Tables?>(nil)

  init(_ flow: Flow) { self.flow = flow }

  func name(of node: Int) -> String { tables().name(of: (flow.slots + node).record, node) }

  /// What names are made from, for who makes many.
  func tables() -> Tables {
    made.withLock { made in
      if let made { return made }
      let tables = Tables(flow)
      made = tables
      return tables
    }
  }

  final class Tables: @unchecked Sendable {
    // Immutable once it is made.

    /// What nodes of one task in one group are called without a suffix.
    private struct Base {
      let name: String
      let isShared: Bool
    }
    private struct Place: Hashable {
      var definition: UnsafeMutableRawPointer
      var place: UnsafeMutableRawPointer?

      init(_ record: UnsafePointer<NodeRecord>) {
        definition = record.pointee.definition.toOpaque()
        place = record.pointee.group.pointee.place?.toOpaque()
      }
    }
    private let bases: [Place: Base]
    /// What each node is; empty where no two have one name.
    private let identities: Memory<Digest>

    init(_ flow: Flow) {
      var counts: [Place: (first: UnsafePointer<NodeRecord>, count: Int)] = [:]
      var (last, run) = (Place?.none, 0)
      func note() {
        if let last { counts[last]?.count += run }
        run = 0
      }
      for node in 0..<flow.count {
        let record = (flow.slots + node).record
        let place = Place(record)
        if place != last {
          note()
          last = place
          if counts[place] == nil { counts[place] = (record, 0) }
        }
        run += 1
      }
      note()
      var totals: [String: Int] = [:]
      for (record, count) in counts.values { totals[record.defaultName, default: 0] += count }
      bases = counts.mapValues { first, _ in
        let name = first.defaultName
        return Base(name: name, isShared: totals[name, default: 0] > 1)
      }
      let isAnyShared = totals.values.contains { $0 > 1 }
      identities = Memory(capacity: isAnyShared ? flow.count : 0)
      guard isAnyShared else { return }
      for node in 0..<flow.count {
        let record = (flow.slots + node).record
        // The values first: a closure that captured the table would be made for each node.
        let known = identities
        identities.append(record.identity { known[flow.source($0, of: node, record)] })
      }
    }

    func name(of record: UnsafePointer<NodeRecord>, _ node: Int) -> String {
      guard let base = bases[Place(record)] else { return record.defaultName }
      return base.isShared ? NodeNames.name(base.name, suffixedFor: identities[node]) : base.name
    }
  }
}
