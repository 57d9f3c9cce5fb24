import MillraceCoding
import MillraceGraph
import Synchronization

/// The names of a flow's nodes, where the nodes make up one arena; those of `NodeNames`.
///
/// No modifier speaks there, so a name is the task's, in its group, and a suffix where several nodes share
/// it. Nothing is made before somebody asks.
final class FlowNames: Sendable {
  let flow: Flow
  private let made = Mutex<Bases?>(nil)
  /// For everybody who asks for a name now and then.
  private let shared = Mutex<Namer?>(nil)

  init(_ flow: Flow) { self.flow = flow }

  func name(of node: Int) -> String {
    let bases = bases()
    return shared.withLock { shared in
      let namer = shared ?? Namer(bases, FlowIdentities(flow))
      shared = namer
      return namer.name(of: node)
    }
  }

  /// What names are made from, for who makes many.
  func bases() -> Bases {
    made.withLock { made in
      if let made { return made }
      let bases = Bases(flow)
      made = bases
      return bases
    }
  }

  /// What nodes are called without a suffix.
  final class Bases: Sendable {
    /// What nodes of one task in one group are called.
    fileprivate struct Base {
      let name: String
      let isShared: Bool
    }
    fileprivate struct Place: Hashable {
      var definition: UnsafeMutableRawPointer
      var place: UnsafeMutableRawPointer?

      init(_ record: UnsafePointer<NodeRecord>) {
        definition = record.pointee.definition.toOpaque()
        place = record.pointee.group.pointee.place?.toOpaque()
      }
    }
    // Read only, once it is made.
    nonisolated(unsafe) private let bases: [Place: Base]

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
    }

    fileprivate func base(at place: Place, of record: UnsafePointer<NodeRecord>) -> Base {
      bases[place] ?? Base(name: record.defaultName, isShared: false)
    }
  }

  /// Names nodes, for one thread.
  final class Namer: @unchecked Sendable {
    // Used by its own thread alone, and its identities by others when that is done.
    let identities: FlowIdentities
    private let bases: Bases
    private var last: (place: Bases.Place, base: Bases.Base)?

    init(_ bases: Bases, _ identities: FlowIdentities) {
      self.bases = bases
      self.identities = identities
    }

    func name(of node: Int) -> String {
      let base = base(of: (identities.flow.slots + node).record)
      return base.isShared ? NodeNames.name(base.name, suffixedFor: identities[node]) : base.name
    }

    /// Nodes of one task in one group lie together in general.
    private func base(of record: UnsafePointer<NodeRecord>) -> Bases.Base {
      let place = Bases.Place(record)
      if let last, last.place == place { return last.base }
      let base = bases.base(at: place, of: record)
      last = (place, base)
      return base
    }
  }
}
