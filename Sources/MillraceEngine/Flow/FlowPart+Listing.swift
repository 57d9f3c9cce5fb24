import MillraceCoding
import MillraceGraph
import MillraceStore

// What a run on the short way records of its nodes: the same as `RunState` does, without making one.
extension FlowPart {
  /// What took part in the run; nil where the state has to say it.
  func listing() -> RunListing? {
    guard let records, let names = names?.tables(), isComplete, flow.stepCount == flow.taskCount
    else { return nil }
    var listing = RunListing()
    listing.nodes.reserveCapacity(flow.taskCount)
    var numbers: [UnsafeMutableRawPointer: Int] = [:]
    // The places of tasks' nodes; constants are none.
    let places = Memory<Int32>(repeating: -1, count: flow.count)
    for node in 0..<flow.count {
      let record = (flow.slots + node).record
      guard record.isTask else { continue }
      places[node] = Int32(truncatingIfNeeded: listing.nodes.count)
      let address = record.pointee.definition.toOpaque()
      let task: Int
      if let known = numbers[address] {
        task = known
      } else {
        task = listing.tasks.count
        numbers[address] = task
        listing.tasks.append(RunListing.Task(record.definition))
      }
      var inputs: [RunListing.Input] = []
      for input in 0..<record.inputCount {
        let source = flow.source(input, of: node, record)
        if source >= 0 && places[source] >= 0 {
          inputs.append(RunListing.Input(parameter: input, source: .node(Int(places[source]))))
        }
      }
      listing.nodes.append(
        RunListing.Node(
          name: names.name(of: record, node), task: task,
          state: records.fates[node] == .executed ? .executed : .hit, key: records.key(of: node),
          inputs: inputs))
    }
    return listing
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
