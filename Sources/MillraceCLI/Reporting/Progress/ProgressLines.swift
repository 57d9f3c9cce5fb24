/// The lines of the live region: one for each running node, then one of state.
///
/// ```
///   train[forest]   2 min 05 s  attempt 2
///   train[linear]         12 s
///   fetch[2021]            1 s  attempt 3 in 4 s
///   … and 14 more
/// [=============>            ] 26/40  17 running, 9 hits, 1 failed  2 min 31 s, about 40 s left
/// ```
///
/// Every line takes fewer columns than there are. Where that is tight, times are written short, and parts
/// are left out in this order. Of a node: the middle of the name down to 12 columns, the attempt, the name
/// down to 8, the time, the indent, more of the name. Of the state: the bar's length down to 10, hits,
/// waiting, running, the bar, the estimate, the time, failures; how much is done remains, and that the run
/// is ending.
struct ProgressLines: Sendable {
  var isColoured: Bool

  /// How many rows nodes get on a terminal: a third of it with the line of state, and at most 8 in all.
  static func rowLimit(_ size: TerminalSize) -> Int { max(0, min(8, size.rows / 3) - 1) }

  /// - Returns: None where a terminal is too small for any.
  func all(of view: ProgressView, on size: TerminalSize) -> [String] {
    // The last column stays free: terminals differ in what they do behind it. A row is the cursor's.
    let columns = size.columns - 1
    guard columns > 0, size.rows > 1 else { return [] }
    let isShort = columns < 60
    return rows(of: view, in: columns, Self.rowLimit(size), isShort)
      + [state(of: view, in: columns, isShort)]
  }

  // MARK: Nodes

  private struct Cells {
    var name: String
    var time: String
    var note: String
  }

  private func rows(
    of view: ProgressView, in columns: Int, _ limit: Int, _ isShort: Bool
  ) -> [String] {
    let count = view.running + view.waiting
    guard limit > 0, count > 0 else { return [] }
    let shown = view.rows.prefix(count > limit ? limit - 1 : limit)
    var lines = table(shown.map { cells(of: $0, isShort) }, in: columns)
    if count > shown.count {
      let more = count - shown.count
      lines.append(
        TextWidth.cut(shown.isEmpty ? "  \(more) running" : "  … and \(more) more", to: columns))
    }
    return lines
  }

  private func cells(of row: ProgressView.Row, _ isShort: Bool) -> Cells {
    var note = ""
    if row.attempt > 1 {
      note = isShort ? "#\(row.attempt)" : "attempt \(row.attempt)"
      // Rounded up: a second before it begins it is not to begin at once.
      if let wait = row.wait {
        let rest = wait + .nanoseconds(999_999_999)
        note += " in \(Amounts.clock(rest, isShort: isShort))"
      }
    }
    return Cells(
      name: TextWidth.harmless(row.name), time: Amounts.clock(row.duration, isShort: isShort),
      note: note)
  }

  private func table(_ cells: [Cells], in columns: Int) -> [String] {
    let wanted = cells.map { TextWidth.columns($0.name) }.max() ?? 0
    var time = cells.map(\.time.count).max() ?? 0
    var note = cells.map(\.note.count).max() ?? 0
    var indent = 2
    func room() -> Int {
      columns - indent - (time > 0 ? time + 2 : 0) - (note > 0 ? note + 2 : 0)
    }
    if room() < min(12, wanted) { note = 0 }
    if room() < min(8, wanted) { time = 0 }
    if room() < min(8, wanted) { indent = 0 }
    let width = min(wanted, room())
    return cells.map { cell in
      let name = TextWidth.cut(cell.name, to: width)
      var line = String(repeating: " ", count: indent) + name
      guard time > 0 else { return line }
      line += String(repeating: " ", count: width - TextWidth.columns(name) + 2)
      line += Colour.faint.paint(cell.time.aligned(to: time), if: isColoured)
      if note > 0, !cell.note.isEmpty {
        line += "  " + Colour.caution.paint(cell.note, if: isColoured)
      }
      return line
    }
  }

  // MARK: State

  /// A part of the line of state, in the order in which they are left out.
  private enum Part: CaseIterable { case hits, waiting, running, bar, left, elapsed, failed }

  private func state(of view: ProgressView, in columns: Int, _ isShort: Bool) -> String {
    var parts = Set(Part.allCases)
    if !view.isPlanned { parts.subtract([.bar, .hits, .running]) }
    if view.hits == 0 { parts.remove(.hits) }
    if view.waiting == 0 { parts.remove(.waiting) }
    if view.failed == 0 { parts.remove(.failed) }
    if view.left == nil { parts.remove(.left) }
    for part in Part.allCases where width(view, parts, isShort) > columns { parts.remove(part) }
    let text = text(of: view, parts, isShort)
    guard parts.contains(.bar) else {
      return TextWidth.columns(text) > columns
        ? TextWidth.cut(text, to: columns) : paint(text, view)
    }
    let bar = min(Self.bar.upperBound, columns - TextWidth.columns(text) - 3)
    return Self.bar(view.done, of: view.total, width: bar) + " " + paint(text, view)
  }

  /// How long a bar is, without its ends.
  private static let bar = 10...30

  private func width(_ view: ProgressView, _ parts: Set<Part>, _ isShort: Bool) -> Int {
    TextWidth.columns(text(of: view, parts, isShort))
      + (parts.contains(.bar) ? Self.bar.lowerBound + 3 : 0)
  }

  /// `26/40  17 running, 9 hits, 1 failed  2 min 31 s, about 40 s left`
  private func text(of view: ProgressView, _ parts: Set<Part>, _ isShort: Bool) -> String {
    var counts: [String] = []
    if parts.contains(.running) { counts.append("\(view.running) running") }
    if parts.contains(.waiting) { counts.append("\(view.waiting) waiting") }
    if parts.contains(.hits) { counts.append(Amounts.count(view.hits, "hit")) }
    if parts.contains(.failed) { counts.append("\(view.failed) failed") }
    var times: [String] = []
    if parts.contains(.elapsed) { times.append(Amounts.clock(view.elapsed, isShort: isShort)) }
    if parts.contains(.left), let left = view.left {
      let time = Amounts.clock(left, isShort: isShort)
      times.append(isShort ? "~\(time) left" : "about \(time) left")
    }
    var all = [view.isPlanned ? "\(view.done)/\(view.total)\(view.mayGrow ? "+" : "")" : "planning"]
    if view.isEnding { all.insert("ending", at: 0) }
    if !counts.isEmpty { all.append(counts.joined(separator: ", ")) }
    if !times.isEmpty { all.append(times.joined(separator: ", ")) }
    return all.joined(separator: "  ")
  }

  private func paint(_ text: String, _ view: ProgressView) -> String {
    guard isColoured else { return text }
    var result = text
    for (part, colour) in [("\(view.failed) failed", Colour.bad), ("ending", .caution)] {
      guard let range = result.firstRange(of: part) else { continue }
      result.replaceSubrange(range, with: colour.paint(part, if: true))
    }
    return result
  }

  /// `[=====>     ]`, full only when all is done.
  private static func bar(_ done: Int, of total: Int, width: Int) -> String {
    let filled = total > 0 ? min(width, done * width / total) : 0
    let head = filled > 0 && filled < width ? ">" : ""
    let body = String(repeating: "=", count: filled - head.count) + head
    return "[" + body.filled(to: width) + "]"
  }
}
