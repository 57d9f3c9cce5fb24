import MillraceCoding

/// Listings as bytes: maps of deterministic CBOR from small integers, as records are. ``ListingWriter``
/// writes them.
extension RunListing {
  enum Field {
    static let version: UInt64 = 0
    static let tasks: UInt64 = 1
    static let nodes: UInt64 = 2
    static let lists: UInt64 = 3
  }
  enum NodeField {
    static let name: UInt64 = 0
    static let task: UInt64 = 1
    static let state: UInt64 = 2
    static let key: UInt64 = 3
    static let inputs: UInt64 = 4
    static let parts: UInt64 = 5
    static let files: UInt64 = 6
    static let forced: UInt64 = 7
  }

  /// The number that stands for each state; a number never gets another meaning.
  static let states: [State] = [
    .executed, .hit, .failed, .ignored, .skipped, .cancelled, .notNeeded,
  ]

  package func encoded() -> [UInt8] {
    var writer = ListingWriter(tasks: tasks, nodeCount: nodes.count, hasLists: !lists.isEmpty)
    for node in nodes { writer.append(node) }
    if !lists.isEmpty { writer.append(lists) }
    return writer.bytes
  }

  // MARK: Reading

  /// Reads what ``encoded()`` wrote, also with fields of later versions.
  ///
  /// - Throws: `CodingFailure` unless the bytes are a listing whose places exist.
  init(decoding bytes: [UInt8]) throws(CodingFailure) {
    var reader = CBORReader(bytes)
    self.init()
    for _ in 0..<(try reader.readMapHeader()) {
      switch try reader.readUnsigned() {
      case Field.tasks:
        for _ in 0..<(try reader.readArrayHeader()) { tasks.append(try Task(from: &reader)) }
      case Field.nodes:
        for _ in 0..<(try reader.readArrayHeader()) {
          nodes.append(try Self.node(from: &reader, bytes))
        }
      case Field.lists:
        for _ in 0..<(try reader.readArrayHeader()) {
          var list: [Source] = []
          for _ in 0..<(try reader.readArrayHeader()) {
            list.append(Source(number: try reader.readInteger(as: Int.self)))
          }
          lists.append(list)
        }
      default: _ = try reader.skip()
      }
    }
    try reader.finish()
    guard isWhole else {
      throw CodingFailure(.malformed, "A listing names a place that it does not have.")
    }
  }

  /// Whether every place that is named exists.
  private var isWhole: Bool {
    func exists(_ source: Source, listsBefore end: Int) -> Bool {
      switch source {
      case .node(let node): nodes.indices.contains(node)
      case .list(let list): (0..<end).contains(list)
      }
    }
    let areListsWhole = lists.enumerated().allSatisfy { number, list in
      list.allSatisfy { exists($0, listsBefore: number) }
    }
    return areListsWhole
      && nodes.allSatisfy { node in
        tasks.indices.contains(node.task)
          && node.inputs.allSatisfy { input in
            tasks[node.task].parameters.indices.contains(input.parameter)
              && exists(input.source, listsBefore: lists.count)
          }
      }
  }

  private static func node(
    from reader: inout CBORReader, _ bytes: [UInt8]
  ) throws(CodingFailure) -> Node {
    var node = Node(name: "", task: 0, state: .other)
    for _ in 0..<(try reader.readMapHeader()) {
      switch try reader.readUnsigned() {
      case NodeField.name: node.name = try reader.readText()
      case NodeField.task: node.task = try reader.readInteger(as: Int.self)
      case NodeField.state:
        let number = try reader.readUnsigned()
        node.state = number < UInt64(states.count) ? states[Int(number)] : .other
      case NodeField.key:
        guard let digest = Digest(bytes: try reader.readBytes()) else {
          throw CodingFailure(.malformed, "A key in a listing has not 32 bytes.")
        }
        node.key = Key(digest)
      case NodeField.inputs:
        for _ in 0..<(try reader.readMapHeader()) {
          let parameter = try reader.readInteger(as: Int.self)
          let source = Source(number: try reader.readInteger(as: Int.self))
          node.inputs.append(Input(parameter: parameter, source: source))
        }
      case NodeField.parts: node.encodedParts = try reader.readBytes()
      case NodeField.files:
        let range = try reader.skip()
        node.files = try KeyParts(decoding: Array(bytes[range])).files
      case NodeField.forced: node.isForced = try reader.readUnsigned() != 0
      default: _ = try reader.skip()
      }
    }
    return node
  }
}

extension RunListing.Source {
  /// A node is its place, a list the bitwise complement of its place.
  var number: Int {
    switch self {
    case .node(let node): node
    case .list(let list): ~list
    }
  }

  fileprivate init(number: Int) {
    self = number < 0 ? .list(~number) : .node(number)
  }
}

extension RunListing.Task {
  enum Field {
    static let id: UInt64 = 0
    static let file: UInt64 = 1
    static let line: UInt64 = 2
    static let parameters: UInt64 = 3
  }

  fileprivate init(from reader: inout CBORReader) throws(CodingFailure) {
    self.init(id: "", fileID: "", line: 0, parameters: [])
    for _ in 0..<(try reader.readMapHeader()) {
      switch try reader.readUnsigned() {
      case Field.id: id = try reader.readText()
      case Field.file: fileID = try reader.readText()
      case Field.line: line = try reader.readInteger(as: Int.self)
      case Field.parameters:
        for _ in 0..<(try reader.readArrayHeader()) { parameters.append(try reader.readText()) }
      default: _ = try reader.skip()
      }
    }
  }
}
