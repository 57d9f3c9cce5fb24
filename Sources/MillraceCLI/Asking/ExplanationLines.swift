import MillraceCoding
import MillraceEngine
import MillraceStore

/// An explanation as lines.
struct ExplanationLines {
  let explanation: Explanation

  init(_ explanation: Explanation) { self.explanation = explanation }

  var text: [String] {
    var lines = [
      "\(explanation.node): \(state) in run \(explanation.run.id.shortForm), \(began(explanation.run))"
    ]
    lines.append(
      "  task \(explanation.task.id), \(place(explanation.task.fileID, explanation.task.line))")
    if let origin { lines.append("  \(origin)") }
    if let acceptance = explanation.acceptance {
      lines.append(
        "  accepted from key \(acceptance.key.digest.hex.prefix(12)): \(acceptance.reason)")
    }
    if let earlier = explanation.earlier {
      lines.append("  compared with run \(earlier.id.shortForm), \(began(earlier)):")
    }
    lines += reason.map { "    \($0)" }
    return lines + rootLines.map { "  \($0)" }
  }

  private var state: String {
    switch explanation.state {
    case .notNeeded: "not needed"
    default: explanation.state.rawValue
    }
  }

  private func began(_ run: RunRecord) -> String { RunHistory.began(run) }

  private func place(_ fileID: String, _ line: Int) -> String {
    line > 0 ? "\(fileID):\(line)" : fileID
  }

  /// Where the code stands that has changed, behind the change: the task's or, as far as this program knows
  /// it, a helper's.
  private func place(of change: KeyChange, _ fileID: String, _ line: Int) -> String {
    if change.subject == .code { return "  \(place(fileID, line))" }
    return change.helper.map { "  \(place($0.fileID, $0.line))" } ?? ""
  }

  /// Who made the value, and when.
  private var origin: String? {
    guard let result = explanation.result else { return nil }
    let size = Amounts.size(result.size)
    let time = Amounts.duration(.nanoseconds(Int64(clamping: result.durationNanoseconds)))
    let made = "\(size), sha256 \(result.artifact.hex.prefix(12)), made in \(time)"
    guard let run = result.run, run != explanation.run.id else { return made }
    return "\(made) by run \(run.shortForm), \(NameList.localTime(result.time))"
  }

  private var reason: [String] {
    switch explanation.reason {
    case .first: ["no earlier run had a node of this name"]
    case .unkeyed: ["it has no key, so it runs in every run that needs it"]
    case .unreached: ["the run ended before its key was known"]
    case .same: ["nothing in its key has changed"]
    case .forced: ["nothing in its key has changed; it was forced to run"]
    case .transient:
      ["nothing in its key has changed; its value is kept in memory only, and was needed"]
    case .lost:
      [
        "nothing in its key has changed; its artifact was missing or damaged, or names a file that has changed"
      ]
    case .invalidated(let record):
      [
        "nothing in its key has changed; it was invalidated \(NameList.localTime(record.time)): \(record.reason)"
      ]
    case .forgotten: ["its key was another one, of which the parts are not recorded any more"]
    case .changed(let changes): changes.map(line)
    }
  }

  private func line(_ change: Explanation.Change) -> String {
    let place = place(of: change.part, explanation.task.fileID, explanation.task.line)
    let upstream =
      change.upstream.isEmpty
      ? "" : "  from \(change.upstream.prefix(4).map { "'\($0)'" }.joined(separator: ", "))"
    let more = change.upstream.count > 4 ? " and \(change.upstream.count - 4) more" : ""
    return "\(change.part)\(place)\(upstream)\(more)"
  }

  /// Where it came from. Copies of one task that changed alike, as the elements of a list do, are told once.
  private var rootLines: [String] {
    var order: [[String]] = []
    var paths: [[String]: [String]] = [:]
    for root in explanation.roots {
      let changes = changes(of: root)
      let kind = ["\(root.fileID):\(root.line)"] + changes
      if paths[kind] == nil { order.append(kind) }
      paths[kind, default: []].append(root.path.joined(separator: " → "))
    }
    return order.flatMap { kind in
      let paths = paths[kind] ?? []
      let more = paths.count > 1 ? ", and \(paths.count - 1) more like it" : ""
      return ["because of \(paths.first ?? "")\(more):"] + kind.dropFirst().map { "  \($0)" }
    }
  }

  private func changes(of root: Explanation.Root) -> [String] {
    root.changes.isEmpty
      ? [root.isNew ? "it is new" : "it gave other bytes"]
      : root.changes.map { "\($0)\(place(of: $0, root.fileID, root.line))" }
  }

  // MARK: JSON

  var json: String {
    var line = JSONLine(event: "explanation")
    line.add("name", explanation.node)
    line.add("state", explanation.state.rawValue)
    line.add("run", "\(explanation.run.id)")
    line.add("task", explanation.task.id)
    line.add("file", explanation.task.fileID)
    line.add("line", explanation.task.line)
    if let result = explanation.result {
      line.add("artifact", result.artifact.hex)
      line.add("bytes", result.size)
      if let run = result.run { line.add("madeBy", "\(run)") }
      line.add("made", TimeStamp.text(result.time))
    }
    if let acceptance = explanation.acceptance { line.add("accepted", acceptance.reason) }
    if let earlier = explanation.earlier { line.add("comparedWith", "\(earlier.id)") }
    line.add("reason", explanation.reason.name)
    if case .invalidated(let record) = explanation.reason {
      line.add("invalidation", record.reason)
    }
    if case .changed(let changes) = explanation.reason {
      line.add(
        "changes",
        changes.map { change in
          Self.members(change.part) + [("from", .array(change.upstream.map { .text($0) }))]
        })
    }
    if !explanation.roots.isEmpty {
      line.add(
        "roots",
        explanation.roots.map { root in
          [
            ("name", .text(root.node)), ("file", .text(root.fileID)),
            ("line", .unsigned(UInt64(max(0, root.line)))),
            ("path", .array(root.path.map { .text($0) })),
            ("changes", .array(root.changes.map { JSONLine.object(Self.members($0)) })),
          ]
        })
    }
    return line.text
  }

  static func members(_ change: KeyChange) -> [(String, CBORItem)] {
    let place =
      change.helper.map {
        [("file", CBORItem.text($0.fileID)), ("line", .unsigned(UInt64(max(0, $0.line))))]
      } ?? []
    return [
      ("part", .text("\(change.subject)")),
      ("old", change.old.map { .text(KeyChange.short($0)) } ?? .null),
      ("new", change.new.map { .text(KeyChange.short($0)) } ?? .null),
    ] + place
  }
}

extension Explanation.Reason {
  /// A word for programs.
  var name: String {
    switch self {
    case .first: "first"
    case .unkeyed: "unkeyed"
    case .unreached: "unreached"
    case .changed: "changed"
    case .same: "same"
    case .invalidated: "invalidated"
    case .forced: "forced"
    case .transient: "transient"
    case .lost: "lost"
    case .forgotten: "forgotten"
    }
  }

  /// A few words for tables.
  var summary: String {
    switch self {
    case .changed(let changes):
      changes.map { $0.part.subject.description }.joined(separator: ", ")
    case .invalidated: "invalidated"
    case .forced: "forced"
    case .unkeyed: "no key"
    case .unreached: "not reached"
    case .same, .transient, .lost: "same key"
    case .first: "new"
    case .forgotten: "another key"
    }
  }
}
