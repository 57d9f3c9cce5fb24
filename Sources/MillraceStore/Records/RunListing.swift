public import MillraceCoding

/// What took part in a run: the nodes of its tasks, with their keys and where their inputs came from.
///
/// It is recorded when a run that did something ends. With the parts of keys that are kept with results,
/// it answers what a run used, why it differs from another, and what an artifact was made of.
public struct RunListing: Hashable, Sendable {
  /// A task as it was in the run.
  public struct Task: Hashable, Sendable {
    /// The canonical identity, the part `task` of keys.
    public var id: String
    /// The source file, `FlightDelays/Load.swift`.
    public var fileID: String
    /// The declaration's line, from 1; 0 where it is not known.
    public var line: Int
    /// The names of the parameters, in order.
    public var parameters: [String]

    /// Creates a task.
    public init(id: String, fileID: String, line: Int, parameters: [String]) {
      self.id = id
      self.fileID = fileID
      self.line = line
      self.parameters = parameters
    }
  }

  /// A call of a task in the run's graph.
  public struct Node: Hashable, Sendable {
    /// The name, without the pipeline's.
    public var name: String
    /// The place of its task in ``RunListing/tasks``.
    public var task: Int
    /// How it ended.
    public var state: State
    /// Its key, if it had one and it came to be known.
    public var key: Key?
    /// The parameters that come from other nodes.
    public var inputs: [Input]
    /// The encoded parts of the key of a node whose value is not stored, as of `KeyParts.encoded()`; with
    /// a stored result they are in its record.
    public var encodedParts: [UInt8]?
    /// Input files that went into the key, with the digests of their contents.
    public var files: [String: Digest]
    /// Whether it was to run although there might be a result.
    public var isForced: Bool

    /// Creates a node.
    public init(
      name: String, task: Int, state: State, key: Key? = nil, inputs: [Input] = [],
      encodedParts: [UInt8]? = nil, files: [String: Digest] = [:], isForced: Bool = false
    ) {
      self.name = name
      self.task = task
      self.state = state
      self.key = key
      self.inputs = inputs
      self.encodedParts = encodedParts
      self.files = files
      self.isForced = isForced
    }
  }

  /// A parameter of a node and where its value came from.
  public struct Input: Hashable, Sendable {
    /// The place among the task's parameters.
    public var parameter: Int
    /// Where the value came from.
    public var source: Source

    /// Creates an input.
    public init(parameter: Int, source: Source) {
      self.parameter = parameter
      self.source = source
    }
  }

  /// A node, or several together.
  public enum Source: Hashable, Sendable {
    /// A place in ``RunListing/nodes``.
    case node(Int)
    /// A place in ``RunListing/lists``.
    case list(Int)
  }

  /// How a node ended in a run; more may come, which are read as ``other``.
  public enum State: String, Hashable, Sendable, CaseIterable {
    case executed, hit, failed, ignored, skipped, cancelled, notNeeded, other
  }

  /// The tasks, each once.
  public var tasks: [Task]
  /// The nodes, in the order in which the graph was made.
  public var nodes: [Node]
  /// What several inputs may take together, such as all elements of a `ForEach`; each names only lists
  /// before it.
  public var lists: [[Source]]

  /// Creates a listing.
  public init(tasks: [Task] = [], nodes: [Node] = [], lists: [[Source]] = []) {
    self.tasks = tasks
    self.nodes = nodes
    self.lists = lists
  }

  /// The node of this name; the first one, if a damaged listing has several.
  public func node(named name: String) -> Node? { nodes.first { $0.name == name } }

  /// The task of a node.
  public func task(of node: Node) -> Task { tasks[node.task] }

  /// The nodes behind a source, each once, in the order of the value's pieces.
  ///
  /// - Complexity: O(*n*) for *n* pieces.
  public func nodes(of source: Source) -> [Int] {
    var found: [Int] = []
    var (seenNodes, seenLists): (Set<Int>, Set<Int>) = ([], [])
    var pending = [source]
    while let next = pending.popLast() {
      switch next {
      case .node(let node): if seenNodes.insert(node).inserted { found.append(node) }
      case .list(let list):
        if seenLists.insert(list).inserted { pending.append(contentsOf: lists[list].reversed()) }
      }
    }
    return found
  }
}
