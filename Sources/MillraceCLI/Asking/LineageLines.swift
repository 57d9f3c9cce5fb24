import MillraceCoding
import MillraceEngine
import MillraceStore

/// A lineage as text, JSON or a Mermaid flow chart.
struct LineageLines {
  let lineage: Lineage

  init(_ lineage: Lineage) { self.lineage = lineage }

  // MARK: Text

  /// A tree, in which what was shown before is named again and not shown again.
  var text: [String] {
    var lines: [String] = []
    var shown: Set<Int> = []
    var pending: [(node: Int, depth: Int, role: String)] = [(0, 0, "")]
    while let next = pending.popLast() {
      let node = lineage.nodes[next.node]
      let indent = String(repeating: "  ", count: next.depth)
      let role = next.role.isEmpty ? "" : "\(next.role) ← "
      guard shown.insert(next.node).inserted else {
        lines.append("\(indent)\(role)\(node.name), as above")
        continue
      }
      lines.append("\(indent)\(role)\(node.name)\(facts(node))")
      if let code = code(node) { lines.append("\(indent)    \(code)") }
      for constant in node.constants {
        lines.append("\(indent)    \(constant.parameter) = \(constant.digest)")
      }
      for (path, digest) in node.files.sorted(by: { $0.key < $1.key }) {
        lines.append("\(indent)    file \(path)  sha256 \(digest.hex.prefix(12))")
      }
      for input in node.inputs.reversed() {
        for source in input.nodes.reversed() {
          pending.append((source, next.depth + 1, input.parameter))
        }
      }
    }
    return lines
  }

  private func facts(_ node: Lineage.Node) -> String {
    guard let result = node.result else { return "  (not stored)" }
    let run = result.run.map { " by run \($0.shortForm)" } ?? ""
    return
      "  \(Amounts.size(result.size))  sha256 \(result.artifact.hex.prefix(12))  \(NameList.localTime(result.time))\(run)"
  }

  private func code(_ node: Lineage.Node) -> String? {
    guard let task = node.task else { return nil }
    let place = task.line > 0 ? "\(task.fileID):\(task.line)" : task.fileID
    let fingerprint = node.fingerprint.map { ", code \($0.prefix(12))" } ?? ""
    let version = node.version.flatMap { $0 == 1 ? nil : ", version \($0)" } ?? ""
    return "\(task.id), \(place)\(fingerprint)\(version)"
  }

  // MARK: JSON

  /// One object: `nodes`, of which the first is the artifact's own; `inputs` name places among them.
  var json: [String] {
    var line = JSONLine(event: "lineage")
    if let run = lineage.run { line.add("run", "\(run.id)") }
    line.add("nodes", lineage.nodes.map(members))
    return [line.text]
  }

  private func members(_ node: Lineage.Node) -> [(String, CBORItem)] {
    var members: [(String, CBORItem)] = [("name", .text(node.name))]
    if let task = node.task {
      members += [
        ("task", .text(task.id)), ("file", .text(task.fileID)),
        ("line", .unsigned(UInt64(max(0, task.line)))),
      ]
    }
    if let fingerprint = node.fingerprint { members.append(("code", .text(fingerprint))) }
    if let version = node.version {
      members.append(("version", .unsigned(UInt64(max(0, version)))))
    }
    if let result = node.result {
      members += [
        ("artifact", .text(result.artifact.hex)), ("bytes", .unsigned(UInt64(result.size))),
        ("made", .text(TimeStamp.text(result.time))),
      ]
      if let run = result.run { members.append(("run", .text("\(run)"))) }
    }
    members.append(
      ("constants", JSONLine.object(node.constants.map { ($0.parameter, .text($0.digest)) })))
    members.append(
      (
        "files",
        JSONLine.object(
          node.files.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value.hex)) })
      ))
    members.append(
      (
        "inputs",
        JSONLine.object(
          node.inputs.map { ($0.parameter, .array($0.nodes.map { .unsigned(UInt64($0)) })) })
      ))
    return members
  }

  // MARK: Mermaid

  /// A flow chart from the sources to the artifact; see https://mermaid.js.org/syntax/flowchart.html.
  var mermaid: [String] {
    var lines = ["flowchart LR"]
    for (place, node) in lineage.nodes.enumerated() {
      let code = node.fingerprint.map { "<br/>code \($0.prefix(6))" } ?? ""
      let shape = node.result == nil ? ("([\"", "\"])") : ("[\"", "\"]")
      lines.append("  n\(place)\(shape.0)\(Mermaid.escaped(node.name))\(code)\(shape.1)")
      for (number, file) in node.files.keys.sorted().enumerated() {
        lines.append("  n\(place)f\(number)[/\"\(Mermaid.escaped(file))\"/] --> n\(place)")
      }
    }
    for (place, node) in lineage.nodes.enumerated() {
      for input in node.inputs {
        for source in input.nodes {
          lines.append("  n\(source) -->|\"\(Mermaid.escaped(input.parameter))\"| n\(place)")
        }
      }
    }
    return lines
  }
}
