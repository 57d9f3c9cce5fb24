import MillraceEngine

/// What comparing tasks with their results found, as lines.
struct DeterminismLines {
  let checks: [DeterminismCheck]

  init(_ checks: [DeterminismCheck]) { self.checks = checks }

  var text: [String] {
    let width = min(40, checks.map(\.node.count).max() ?? 0)
    let lines = checks.map { check in
      let name = check.node.filled(to: width)
      if check.isSame { return "same       \(name)  \(Amounts.size(check.size))" }
      let (old, new) = (check.expected.artifact.hex.prefix(12), check.artifact.hex.prefix(12))
      let made = check.expected.run.map { " in run \($0.shortForm)" } ?? ""
      return "different  \(name)  \(new) now, \(old)\(made)"
    }
    let different = checks.count { !$0.isSame }
    let summary =
      different == 0
      ? "\(Amounts.count(checks.count, "node")) gave the same bytes again."
      : "\(different) of \(Amounts.count(checks.count, "node")) gave other bytes: declare what they depend on, or do not store them."
    return lines + [summary]
  }

  var json: [String] {
    checks.map { check in
      var line = JSONLine(event: "determinism")
      line.add("name", check.node)
      line.add("same", check.isSame)
      line.add("expected", check.expected.artifact.hex)
      line.add("actual", check.artifact.hex)
      line.add("bytes", check.size)
      return line.text
    }
  }
}
