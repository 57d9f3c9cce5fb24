import MillraceCoding
import MillraceGraph
import MillraceStore

/// The listing of a flow, which is written in pieces.
struct FlowListing: @unchecked Sendable {
  // Read only, once it is made.
  private let flow: Flow
  private let records: FlowRecords
  private let bases: FlowNames.Bases
  private let known: [FlowIdentities]
  /// The tasks, each once, in the order in which nodes of them come.
  private var tasks: [RunListing.Task] = []
  private var taskPlaces: [UnsafeMutableRawPointer: Int] = [:]
  /// The places of tasks' nodes; constants are none.
  private let places: Memory<Int32>

  /// - Parameter known: Who named nodes before, and does so no more.
  init(
    _ flow: Flow, _ records: FlowRecords, _ bases: FlowNames.Bases, known: [FlowIdentities]
  ) {
    self.flow = flow
    self.records = records
    self.bases = bases
    self.known = known
    places = Memory(repeating: -1, count: flow.count)
    var count: Int32 = 0
    var last: UnsafeMutableRawPointer?
    for node in 0..<flow.count {
      let record = (flow.slots + node).record
      guard record.isTask else { continue }
      places[node] = count
      count += 1
      let definition = record.pointee.definition.toOpaque()
      if definition == last { continue }
      last = definition
      if taskPlaces[definition] == nil {
        taskPlaces[definition] = tasks.count
        tasks.append(RunListing.Task(record.definition))
      }
    }
  }

  /// Writes one of several pieces of about the same size; the first one begins the listing.
  func piece(_ number: Int, of count: Int) -> ListingWriter {
    var writer =
      number == 0
      ? ListingWriter(tasks: tasks, nodeCount: flow.taskCount)
      : ListingWriter(pieceOf: flow.count / count + 1)
    let namer = FlowNames.Namer(bases, FlowIdentities(flow, others: known))
    var last: (definition: UnsafeMutableRawPointer, place: Int)?
    for node in (flow.count * number / count)..<(flow.count * (number + 1) / count) {
      let record = (flow.slots + node).record
      guard record.isTask else { continue }
      let definition = record.pointee.definition.toOpaque()
      if last?.definition != definition { last = taskPlaces[definition].map { (definition, $0) } }
      append(node, record, task: last?.place ?? 0, namer, to: &writer)
    }
    return writer
  }

  private func append(
    _ node: Int, _ record: UnsafePointer<NodeRecord>, task: Int, _ namer: FlowNames.Namer,
    to writer: inout ListingWriter
  ) {
    func forEachInput(_ body: (_ input: Int, _ place: Int32) -> Void) {
      for input in 0..<record.inputCount {
        let source = flow.source(input, of: node, record)
        if source >= 0 && places[source] >= 0 { body(input, places[source]) }
      }
    }
    var inputCount = 0
    forEachInput { _, _ in inputCount += 1 }
    writer.beginNode(
      named: namer.name(of: node), task: task,
      records.fates[node] == .executed ? .executed : .hit, key: records.key(of: node),
      inputCount: inputCount)
    forEachInput { input, place in
      writer.append(RunListing.Input(parameter: input, source: .node(Int(place))))
    }
  }
}

extension RunListing.Task {
  init(_ definition: TaskDefinition) {
    self.init(
      id: definition.id.description, fileID: definition.id.fileID, line: definition.line,
      parameters: definition.parameters.map(\.name))
  }
}
