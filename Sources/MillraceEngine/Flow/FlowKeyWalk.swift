import MillraceCoding
import MillraceGraph
import MillraceStore

/// The walk that makes the ``FlowKeys`` of a flow.
///
/// A class, and made of plain memory: a walk of values that are copied spends its time on their reference
/// counts.
final class FlowKeyWalk {
  let parts: Memory<FlowKeys.Part>
  let digests: Memory<Digest>
  private let flow: Flow
  private let keyMaker: KeyMaker
  private var frames: [UnsafeRawPointer: Frame] = [:]
  private var lastDefinition: UnsafeRawPointer?
  private var lastRole = Role.off
  private var lastFrame: Frame?
  private var writer = CBORWriter()
  /// Stands where a node has no digest.
  private let nothing = Digest.sha256([])

  init(_ flow: Flow, _ keyMaker: KeyMaker) {
    self.flow = flow
    self.keyMaker = keyMaker
    parts = Memory(capacity: flow.count)
    digests = Memory(capacity: flow.count)
  }

  /// A walk of which there are several at once: what nodes contribute is noted by others.
  init(_ flow: Flow, _ keyMaker: KeyMaker, parts: Memory<FlowKeys.Part>, digests: Memory<Digest>) {
    self.flow = flow
    self.keyMaker = keyMaker
    self.parts = parts
    self.digests = digests
  }

  /// The keys of one task's nodes.
  private final class Frame {
    let task: TaskKeyForm
    let parameters: Memory<Int>
    /// Which of them are integers: the most frequent of constants.
    let areIntegers: Memory<Bool>
    /// What records call the task.
    let text: String
    var keys: KeyFrame
    var template: ResultTemplate?

    init(_ task: TaskKeyForm, _ definition: TaskDefinition) {
      self.task = task
      text = definition.id.description
      parameters = Memory(task.parameters)
      areIntegers = Memory(task.parameters.map { definition.parameters[$0].type.isInteger })
      keys = KeyFrame(task.form)
    }
  }

  /// Adds the next node.
  ///
  /// - Parameter role: Nil for the one that its task says.
  /// - Returns: Whether the node can go the short way.
  func add(_ node: Int, _ role: Role?) -> Bool {
    let record = (flow.slots + node).record
    let definition = UnsafeRawPointer(record.pointee.definition.toOpaque())
    if definition != lastDefinition {
      lastDefinition = definition
      lastRole = Role(record, cache: nil)
      lastFrame = frames[definition]
    }
    let role = role ?? lastRole
    guard role == .transient else {
      parts.append(role == .collect ? .list : role == .constant ? .constant : .unknown)
      digests.append(nothing)
      return true
    }
    guard let key = key(of: node) else { return false }
    parts.append(.key)
    digests.append(key.digest)
    return true
  }

  /// The key of a task's node; nil if it is not known without running something.
  func key(of node: Int) -> Key? {
    let record = (flow.slots + node).record
    let frame = frame(of: record)
    return fill(frame, node, record) ? frame.keys.key() : keyWithLists(frame.task, node, record)
  }

  /// What records call a node's task.
  func taskText(of node: Int) -> String { frame(of: (flow.slots + node).record).text }

  /// What the records of a node's task have in common, made at the first call.
  func template(
    of node: Int, _ make: (_ task: String) -> ResultTemplate
  ) -> ResultTemplate {
    let frame = frame(of: (flow.slots + node).record)
    if let template = frame.template { return template }
    let template = make(frame.text)
    frame.template = template
    return template
  }

  /// Calls `body` with the encoded parts of a key that is known.
  func withParts<Result>(
    of node: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let record = (flow.slots + node).record
    let frame = frame(of: record)
    if fill(frame, node, record) { return try frame.keys.withEncoded(body) }
    writer.removeAll()
    let task = frame.task
    task.form.encode(to: &writer) { place, writer in
      _ = append(task.parameters[place], of: node, record, to: &writer)
    }
    return try writer.bytes.withUnsafeBytes(body)
  }

  /// Notes what a constant's node contributes.
  ///
  /// - Returns: False if it names files, or cannot be encoded.
  func noteConstant(_ node: Int) -> Bool {
    parts[node] = .constant
    return digest(of: node) != nil
  }

  private func frame(of record: UnsafePointer<NodeRecord>) -> Frame {
    let definition = UnsafeRawPointer(record.pointee.definition.toOpaque())
    if definition != lastDefinition {
      lastDefinition = definition
      lastFrame = frames[definition]
    }
    return lastFrame ?? makeFrame(definition, record)
  }

  private func makeFrame(
    _ definition: UnsafeRawPointer, _ record: UnsafePointer<NodeRecord>
  ) -> Frame {
    let frame = Frame(keyMaker.form(of: record.definition), record.definition)
    frames[definition] = frame
    lastFrame = frame
    return frame
  }

  /// Sets the open parts of a node's key whose inputs contribute keys or digests.
  ///
  /// - Returns: False for another node.
  private func fill(_ frame: Frame, _ node: Int, _ record: UnsafePointer<NodeRecord>) -> Bool {
    for place in 0..<frame.parameters.count {
      let input = frame.parameters[place]
      let source = flow.source(input, of: node, record)
      if source < 0 {
        // As the codec does it, without its closures and an array for each.
        let digest =
          frame.areIntegers[place]
          ? CBOR.digest(of: Cell.read(record.cell(input), as: Int.self))
          : constant(input, of: record)
        guard let digest else { return false }
        frame.keys.set(place, to: digest)
      } else if parts[source] == .key {
        frame.keys.set(place, to: Key(digests[source]))
      } else {
        guard let digest = digest(of: source) else { return false }
        frame.keys.set(place, to: digest)
      }
    }
    return true
  }

  /// The key of any node; nil if it is not known without running something.
  private func keyWithLists(
    _ task: TaskKeyForm, _ node: Int, _ record: UnsafePointer<NodeRecord>
  ) -> Key? {
    var isKnown = true
    let key = task.form.key(in: &writer) { place, writer in
      isKnown = isKnown && append(task.parameters[place], of: node, record, to: &writer)
    }
    return isKnown ? key : nil
  }

  /// Appends what an input contributes.
  ///
  /// - Returns: Whether it is known.
  private func append(
    _ input: Int, of node: Int, _ record: UnsafePointer<NodeRecord>, to writer: inout CBORWriter
  ) -> Bool {
    let source = flow.source(input, of: node, record)
    if source >= 0 && parts[source] == .key {
      KeyParts.Value.key(Key(digests[source])).append(to: &writer)
      return true
    }
    if source >= 0 && parts[source] == .list {
      let list = (flow.slots + source).record
      writer.appendArrayHeader(count: list.inputCount)
      writer.reserve(list.inputCount * 40)
      // Lists of lists are as deep as their type, so this ends soon. A constant among the elements
      // contributes nothing, and then the list does not either.
      return (0..<list.inputCount).allSatisfy {
        !list.isConstant($0) && append($0, of: source, list, to: &writer)
      }
    }
    guard let digest = source < 0 ? constant(input, of: record) : digest(of: source)
    else { return false }
    KeyParts.Value.digest(digest).append(to: &writer)
    return true
  }

  /// The digest of a constant that lies in a record.
  private func constant(_ input: Int, of record: UnsafePointer<NodeRecord>) -> Digest? {
    digest(of: record.cell(input), as: record.definition.parameters[input].type)
  }

  /// The digest that a node contributes; nil if it contributes something else.
  private func digest(of source: Int) -> Digest? {
    if parts[source] == .constant {
      let record = (flow.slots + source).record
      guard let digest = digest(of: record.cell(0), as: record.definition.output)
      else { return nil }
      parts[source] = .digest
      digests[source] = digest
    }
    return parts[source] == .digest ? digests[source] : nil
  }

  /// Nil if it names files, or cannot be encoded.
  private func digest(of cell: UnsafeRawPointer, as type: ValueType) -> Digest? {
    guard let (digest, files) = try? keyMaker.digest(of: cell, as: type), files.isEmpty
    else { return nil }
    return digest
  }
}
