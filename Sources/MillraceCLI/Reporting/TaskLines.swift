import MillraceGraph

/// The nodes and tasks of a pipeline, as lines.
struct TaskLines {
  private let nodes: [GraphOutline.Node]
  private let tasks: [TaskDefinition]

  init(_ outline: GraphOutline, tasks: [TaskDefinition]) {
    nodes = outline.nodes.filter { $0.task != nil }
    self.tasks = tasks
  }

  private static func tags(of node: GraphOutline.Node) -> [String] {
    (node.task?.attributes.tags ?? []) + node.attributes.tags
  }

  private static func place(of task: TaskDefinition) -> String {
    task.line > 0 ? "\(task.id.fileID):\(task.line)" : task.id.fileID
  }

  // MARK: Text

  var text: [String] {
    let nodeLines = Self.table(nodes.map { ($0.name, Self.facts(of: $0)) })
    let taskLines = Self.table(tasks.map { ($0.id.path, Self.facts(of: $0)) })
    return nodeLines + (nodeLines.isEmpty ? [] : [""]) + taskLines + [summary]
  }

  private static func table(_ rows: [(name: String, facts: [String])]) -> [String] {
    // One very long name must not push the rest out of sight.
    let width = min(40, rows.map { TextWidth.columns($0.name) }.max() ?? 0)
    return rows.map { name, facts in
      let rest = max(0, width - TextWidth.columns(name))
      return "\(name)\(String(repeating: " ", count: rest))  \(facts.joined(separator: ", "))"
    }
  }

  private static func facts(of node: GraphOutline.Node) -> [String] {
    var facts = [node.task?.name ?? ""]
    if node.region != nil { facts.append("in every copy") }
    facts += tags(of: node).map { "tag:\($0)" }
    if let backend = node.backend { facts.append("on \(backend)") }
    facts += node.attributes.exports.map { "exported as \($0)" }
    return facts
  }

  private static func facts(of task: TaskDefinition) -> [String] {
    var facts = [place(of: task)]
    if task.fingerprint != .none { facts.append("code \(task.fingerprint.description.prefix(12))") }
    if task.attributes.version != 1 { facts.append("version \(task.attributes.version)") }
    let helpers = task.helpers.count
    if helpers > 0 { facts.append(Amounts.count(helpers, "helper")) }
    return facts
  }

  private var summary: String {
    "\(Amounts.count(nodes.count, "node")) of \(Amounts.count(tasks.count, "task"))"
  }

  // MARK: JSON

  /// A line for each node, one for each task, and one for all.
  var json: [String] {
    let nodeLines = nodes.map { node in
      var line = JSONLine(event: "node")
      line.add("name", node.name)
      line.add("task", node.task?.id.description ?? "")
      line.add("tags", Self.tags(of: node))
      line.add("copied", node.region != nil)
      if let backend = node.backend { line.add("backend", backend) }
      if !node.attributes.exports.isEmpty { line.add("exports", node.attributes.exports) }
      return line.text
    }
    let taskLines = tasks.map { task in
      var line = JSONLine(event: "task")
      line.add("task", task.id.description)
      line.add("name", task.name)
      line.add("file", task.id.fileID)
      line.add("line", task.line)
      line.add("version", task.attributes.version)
      line.add("code", task.fingerprint.description)
      line.add("helpers", task.helpers.map(\.name))
      return line.text
    }
    var last = JSONLine(event: "list")
    last.add("nodes", nodes.count)
    last.add("tasks", tasks.count)
    return nodeLines + taskLines + [last.text]
  }
}
