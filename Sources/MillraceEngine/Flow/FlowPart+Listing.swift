import MillraceCoding
import MillraceGraph
import MillraceStore

// What a run on the short way records of its nodes: the same as `RunState` does, without making one.
extension FlowPart {
  /// What took part in the run, as it is recorded; nil where the state has to say it.
  func encodedListing() -> [UInt8]? {
    guard let records, let bases = names?.bases(), isComplete, flow.stepCount == flow.taskCount
    else { return nil }
    let tasks = TaskPlaces(flow)
    let identities = FlowIdentities(flow, others: knownIdentities)
    var writer = ListingWriter(tasks: tasks.tasks, nodeCount: flow.taskCount)
    // The places of tasks' nodes; constants are none.
    let places = Memory<Int32>(repeating: -1, count: flow.count)
    var count: Int32 = 0
    for node in 0..<flow.count {
      let record = (flow.slots + node).record
      guard record.isTask else { continue }
      places[node] = count
      count += 1
      func forEachInput(_ body: (_ input: Int, _ place: Int32) -> Void) {
        for input in 0..<record.inputCount {
          let source = flow.source(input, of: node, record)
          if source >= 0 && places[source] >= 0 { body(input, places[source]) }
        }
      }
      var inputCount = 0
      forEachInput { _, _ in inputCount += 1 }
      writer.beginNode(
        named: bases.name(of: node, identities), task: tasks.place(of: record),
        records.fates[node] == .executed ? .executed : .hit, key: records.key(of: node),
        inputCount: inputCount)
      forEachInput { input, place in
        writer.append(RunListing.Input(parameter: input, source: .node(Int(place))))
      }
    }
    return writer.bytes
  }
}

/// The tasks of a flow, each once, in the order in which nodes of them come.
private final class TaskPlaces {
  private(set) var tasks: [RunListing.Task] = []
  private var places: [UnsafeMutableRawPointer: Int] = [:]
  private var last: (definition: UnsafeMutableRawPointer, place: Int)?

  init(_ flow: Flow) {
    for node in 0..<flow.count {
      let record = (flow.slots + node).record
      if record.isTask { _ = place(of: record) }
    }
  }

  func place(of record: UnsafePointer<NodeRecord>) -> Int {
    let definition = record.pointee.definition.toOpaque()
    if let last, last.definition == definition { return last.place }
    let place = places[definition] ?? tasks.count
    if place == tasks.count {
      places[definition] = place
      tasks.append(RunListing.Task(record.definition))
    }
    last = (definition, place)
    return place
  }
}

extension RunListing.Task {
  init(_ definition: TaskDefinition) {
    self.init(
      id: definition.id.description, fileID: definition.id.fileID, line: definition.line,
      parameters: definition.parameters.map(\.name))
  }
}

extension FlowRecords {
  /// What `RunState.view()` says, of a run in which all keys are known and no modifier speaks.
  func view() -> Digest {
    var hash = SHA256()
    var writer = CBORWriter(reservingCapacity: 4096)
    var numbers: [UnsafeMutableRawPointer: Int] = [:]
    var (last, lastNumber) = (UnsafeMutableRawPointer?.none, 0)
    for node in 0..<flow.count {
      let record = (flow.slots + node).record
      writer.append(unsigned: UInt64(role(of: node, record).rawValue))
      if record.isTask {
        let address = record.pointee.definition.toOpaque()
        let known = numbers.count
        let number = address == last ? lastNumber : numbers[address, default: known]
        (last, lastNumber) = (address, number)
        writer.append(integer: number)
        if number == known {
          numbers[address] = known
          writer.append(text: record.definition.id.description)
          writer.append(text: record.defaultName)
        }
        if let key = key(of: node) { key.digest.withUnsafeBytes { writer.append(bytes: $0) } }
      }
      for input in 0..<record.inputCount {
        writer.append(integer: flow.source(input, of: node, record))
      }
      if writer.bytes.count > 1 << 16 {
        hash.update(writer.bytes)
        writer.removeAll()
      }
    }
    hash.update(writer.bytes)
    return hash.finalize()
  }

  private func role(of node: Int, _ record: UnsafePointer<NodeRecord>) -> Role {
    switch fates[node] {
    case .constant: .constant
    case .list: .collect
    default: .stored
    }
  }
}
