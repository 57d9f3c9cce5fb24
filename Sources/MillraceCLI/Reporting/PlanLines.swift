import MillraceEngine

/// The lines that a plan prints.
struct PlanLines: Sendable {
  let isColoured: Bool

  /// A line for each node with its state, name and reason, and one that sums them up.
  func all(of nodes: [PlannedNode]) -> [String] {
    // One very long name must not push every reason out of sight.
    let width = min(40, nodes.map(\.name.count).max() ?? 0)
    return nodes.map { line($0, width: width) } + [summary(PlanCounts(nodes))]
  }

  private func line(_ node: PlannedNode, width: Int) -> String {
    let (word, colour): (String, Colour) =
      switch node.state {
      case .hit: ("hit", .faint)
      case .run: ("run", .good)
      case .waiting: ("waiting", .caution)
      case .onDemand: ("on demand", .faint)
      }
    let state = colour.paint(word.filled(to: 9), if: isColoured)
    guard let reason = node.explanation else { return "\(state)  \(node.name)" }
    return "\(state)  \(node.name.filled(to: width))  \(reason)"
  }

  private func summary(_ counts: PlanCounts) -> String {
    var parts = ["\(counts.run) to run", Amounts.count(counts.hits, "hit")]
    if counts.waiting > 0 { parts.append("\(counts.waiting) waiting") }
    if counts.onDemand > 0 { parts.append("\(counts.onDemand) on demand") }
    return "\(Amounts.count(counts.nodes, "node")): \(parts.joined(separator: ", "))"
  }
}

/// How many nodes of a plan are in which state.
struct PlanCounts: Equatable, Sendable {
  var nodes = 0
  var run = 0
  var hits = 0
  var waiting = 0
  var onDemand = 0

  init(_ planned: [PlannedNode]) {
    nodes = planned.count
    for node in planned {
      switch node.state {
      case .run: run += 1
      case .hit: hits += 1
      case .waiting: waiting += 1
      case .onDemand: onDemand += 1
      }
    }
  }
}
