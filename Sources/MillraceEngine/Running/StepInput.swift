import MillraceCoding
import MillraceGraph
import MillraceStore

/// What a step needs to know of its node, taken from the state at once.
struct StepInput: Sendable {
  // The record is immutable; cells are left alone by others while the step is on.
  nonisolated(unsafe) let record: UnsafePointer<NodeRecord>
  nonisolated(unsafe) let cell: UnsafeMutableRawPointer
  let role: Role
  /// Whether it may be tried more than once, or has a time limit.
  let hasAttemptPolicy: Bool
  /// Where the body runs, if that is another process.
  let farLane: Int?
  let key: Key?
  let artifact: ArtifactRecord?

  var definition: TaskDefinition { record.definition }
}

/// The addresses of a body's inputs, kept for as long as it runs.
final class InputPointers: @unchecked Sendable {
  // Written once, before the body starts.
  let addresses: UnsafeMutablePointer<UnsafeRawPointer>

  init(count: Int) { addresses = .allocate(capacity: max(1, count)) }

  deinit { addresses.deallocate() }
}

extension RunState {
  func stepInput(_ node: Int) -> StepInput {
    let record = table.records[node]
    return StepInput(
      record: record, cell: values.cell(node), role: table.roles[node],
      hasAttemptPolicy: record.hasAttemptPolicy
        || !table.attributes.isEmpty && table.attributes[node]?.hasAttemptPolicy == true,
      farLane: farLanes == nil ? nil : farLane(of: node), key: keys.isEmpty ? nil : keys[node],
      artifact: artifacts.isEmpty ? nil : artifacts[node])
  }

  /// Where the values of a node's inputs lie; all of them are present.
  func inputPointers(_ node: Int) -> InputPointers {
    let edges = table.edges(of: node)
    let pointers = InputPointers(count: edges.count)
    let record = table.records[node]
    for (input, edge) in edges.enumerated() {
      let source = table.source(edge)
      (pointers.addresses + input).initialize(
        to: source < 0 ? record.cell(input) : valuePointer(source))
    }
    return pointers
  }
}
