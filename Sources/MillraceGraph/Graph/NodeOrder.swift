/// Which nodes of a graph, or of a template, start after others that they take no value from.
///
/// Such an order is no part of a node's record: it comes from handles that were modified by `after`, and
/// from the calls on an instance, each of which starts after the one before.
struct NodeOrder: @unchecked Sendable {
  // Records are immutable; who holds this keeps them alive.
  typealias Record = UnsafePointer<NodeRecord>

  /// For the calls on instances: the call before.
  private(set) var previousCalls: [Record: Record] = [:]
  /// All that a node starts after.
  private(set) var befores: [Record: [Record]] = [:]
  /// Whether an author said something of it; calls alone are ordered by creation and form no loop.
  private(set) var isWritten = false

  var isEmpty: Bool { befores.isEmpty }

  /// - Parameters:
  ///   - methods: The calls on instances, each once.
  ///   - modified: Modified handles.
  init(methods: [Record], modified: [Record]) {
    var last: [Record: Record] = [:]
    for call in methods.sorted(by: { $0.ordinal < $1.ordinal }) {
      guard let previous = last.updateValue(call, forKey: call.instance) else { continue }
      previousCalls[call] = previous
      befores[call, default: []].append(previous)
    }
    for handle in modified where handle.inputCount > 1 {
      isWritten = true
      var sources = befores[handle.original, default: []]
      for input in 1..<handle.inputCount {
        let source = handle.source(input).original
        if !sources.contains(source) { sources.append(source) }
      }
      befores[handle.original] = sources
    }
  }
}
