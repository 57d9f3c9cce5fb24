import Dispatch
import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// What a run on the short way records of its nodes: the same as `RunState` does, without making one.
extension FlowPart {
  /// What took part in the run, as it is recorded; nil where the state has to say it.
  func encodedListing() -> [UInt8]? { account(withView: false)?.listing }

  /// The listing and the view, made at once; nil where the state has to say one of them.
  func account() -> (view: Digest, listing: [UInt8])? {
    guard flow.arena != nil, let account = account(withView: true), let view = account.view
    else { return nil }
    return (view, account.listing)
  }

  private func account(withView: Bool) -> (view: Digest?, listing: [UInt8])? {
    guard let records, let bases = names?.bases(), isComplete, flow.stepCount == flow.taskCount
    else { return nil }
    let listing = FlowListing(flow, records, bases, known: knownIdentities)
    guard width > 1, flow.taskCount >= FlowRecords.leastForThreads else {
      return (withView ? records.view() : nil, listing.piece(0, of: 1).bytes)
    }
    // Two for each thread but for the view, which takes about as long as one.
    let count = 2 * width - 1
    let view = Mutex<Digest?>(nil)
    let pieces = Mutex<[ListingWriter?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count + (withView ? 1 : 0)) { job in
      if job == count {
        let made = records.view()
        view.withLock { $0 = made }
      } else {
        let piece = listing.piece(job, of: count)
        pieces.withLock { $0[job] = piece }
      }
    }
    return pieces.withLock { pieces in
      guard var whole = pieces[0] else { return nil }
      // Not twice in memory, or appending would copy it.
      pieces[0] = nil
      for case let piece? in pieces.dropFirst() { whole.append(piece) }
      return (view.withLock { $0 }, whole.bytes)
    }
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
