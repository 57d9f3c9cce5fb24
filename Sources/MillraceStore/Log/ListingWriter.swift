package import MillraceCoding

/// Writes what took part in a run piece by piece, so that a large listing need not be held as values.
package struct ListingWriter {
  private typealias Field = RunListing.Field
  private typealias NodeField = RunListing.NodeField

  private var writer: CBORWriter

  /// Begins a listing; as many nodes must be appended, and behind them the lists, if there are any.
  package init(tasks: [RunListing.Task], nodeCount: Int, hasLists: Bool = false) {
    writer = CBORWriter(reservingCapacity: 64 + 128 * tasks.count + 96 * nodeCount)
    writer.appendMapHeader(count: hasLists ? 4 : 3)
    writer.append(unsigned: Field.version)
    writer.append(unsigned: 1)
    writer.append(unsigned: Field.tasks)
    writer.appendArrayHeader(count: tasks.count)
    for task in tasks { append(task) }
    writer.append(unsigned: Field.nodes)
    writer.appendArrayHeader(count: nodeCount)
  }

  /// Begins a piece of a listing with about as many nodes, for ``append(_:)-(ListingWriter)``.
  package init(pieceOf nodeCount: Int) {
    writer = CBORWriter(reservingCapacity: 96 * nodeCount)
  }

  /// Appends a piece.
  package mutating func append(_ piece: ListingWriter) { writer.append(encoded: piece.bytes) }

  /// The listing, when all of it was appended.
  package var bytes: [UInt8] { writer.bytes }

  private mutating func append(_ task: RunListing.Task) {
    typealias Field = RunListing.Task.Field
    writer.appendMapHeader(count: 4)
    writer.append(unsigned: Field.id)
    writer.append(text: task.id)
    writer.append(unsigned: Field.file)
    writer.append(text: task.fileID)
    writer.append(unsigned: Field.line)
    writer.append(unsigned: UInt64(max(0, task.line)))
    writer.append(unsigned: Field.parameters)
    writer.appendArrayHeader(count: task.parameters.count)
    for parameter in task.parameters { writer.append(text: parameter) }
  }

  /// Appends a node with as many inputs, which are to be appended next.
  ///
  /// - Parameters:
  ///   - task: The place of its task.
  ///   - fieldCount: How many fields are going to be appended behind the inputs.
  package mutating func beginNode(
    named name: String, task: Int, _ state: RunListing.State, key: Key?, inputCount: Int,
    fieldCount: Int = 0
  ) {
    writer.appendMapHeader(
      count: 3 + (key == nil ? 0 : 1) + (inputCount == 0 ? 0 : 1) + fieldCount)
    writer.append(unsigned: NodeField.name)
    writer.append(text: name)
    writer.append(unsigned: NodeField.task)
    writer.append(unsigned: UInt64(task))
    writer.append(unsigned: NodeField.state)
    let states = RunListing.states
    writer.append(unsigned: UInt64(states.firstIndex(of: state) ?? states.count))
    if let key {
      writer.append(unsigned: NodeField.key)
      key.digest.withUnsafeBytes { writer.append(bytes: $0) }
    }
    if inputCount > 0 {
      writer.append(unsigned: NodeField.inputs)
      writer.appendMapHeader(count: inputCount)
    }
  }

  /// Appends an input of the node that was begun last.
  package mutating func append(_ input: RunListing.Input) {
    writer.append(unsigned: UInt64(input.parameter))
    writer.append(integer: input.source.number)
  }

  mutating func append(_ node: RunListing.Node) {
    beginNode(
      named: node.name, task: node.task, node.state, key: node.key, inputCount: node.inputs.count,
      fieldCount: (node.encodedParts == nil ? 0 : 1) + (node.files.isEmpty ? 0 : 1))
    for input in node.inputs { append(input) }
    if let parts = node.encodedParts {
      writer.append(unsigned: NodeField.parts)
      writer.append(bytes: parts)
    }
    if !node.files.isEmpty {
      writer.append(unsigned: NodeField.files)
      // Encoded as key parts are: a canonical map from text to digests.
      writer.append(encoded: KeyParts(files: node.files).encoded())
    }
  }

  mutating func append(_ lists: [[RunListing.Source]]) {
    writer.append(unsigned: Field.lists)
    writer.appendArrayHeader(count: lists.count)
    for list in lists {
      writer.appendArrayHeader(count: list.count)
      for source in list { writer.append(integer: source.number) }
    }
  }
}
