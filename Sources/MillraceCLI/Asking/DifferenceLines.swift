import MillraceEngine
import MillraceStore

/// A difference of two runs as lines.
struct DifferenceLines {
  let difference: RunDifference

  init(_ difference: RunDifference) { self.difference = difference }

  var text: [String] {
    let width = min(40, difference.changed.map(\.name.count).max() ?? 0)
    let changed = difference.changed.map { node in
      let output =
        switch node.isOutputChanged {
        case false: "same output"
        case true: "output changed"
        case nil: node.state.rawValue
        }
      return "~ \(node.name.filled(to: width))  \(output.filled(to: 14))  \(node.reason.summary)"
    }
    let summary =
      "\(difference.changed.count) changed, \(difference.added.count) added, "
      + "\(difference.removed.count) removed, \(difference.unchanged) unchanged from run "
      + "\(difference.old.id.shortForm) to \(difference.new.id.shortForm)"
    return difference.removed.map { "- \($0)" } + difference.added.map { "+ \($0)" } + changed
      + [summary]
  }

  var json: [String] {
    var lines: [String] = []
    for (event, names) in [("removed", difference.removed), ("added", difference.added)] {
      for name in names {
        var line = JSONLine(event: event)
        line.add("name", name)
        lines.append(line.text)
      }
    }
    for node in difference.changed {
      var line = JSONLine(event: "changed")
      line.add("name", node.name)
      line.add("state", node.state.rawValue)
      line.add("reason", node.reason.name)
      if let isChanged = node.isOutputChanged { line.add("outputChanged", isChanged) }
      if case .changed(let changes) = node.reason {
        line.add("changes", changes.map { ExplanationLines.members($0.part) })
      }
      lines.append(line.text)
    }
    var line = JSONLine(event: "diff")
    line.add("from", "\(difference.old.id)")
    line.add("to", "\(difference.new.id)")
    line.add("changed", difference.changed.count)
    line.add("added", difference.added.count)
    line.add("removed", difference.removed.count)
    line.add("unchanged", difference.unchanged)
    return lines + [line.text]
  }
}
