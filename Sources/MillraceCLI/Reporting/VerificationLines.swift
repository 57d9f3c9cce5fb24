import MillraceStore

/// What `verify` prints: a line for each problem, then a summary.
struct VerificationLines {
  private let report: VerificationReport
  private let isRepairing: Bool

  init(_ report: VerificationReport, isRepairing: Bool) {
    self.report = report
    self.isRepairing = isRepairing
  }

  var text: [String] { report.problems.map(\.description) + [summary] }

  /// `1,204 records, 37 objects, 512 MiB verified in 0.42 s: 2 problems; 'verify --repair' removes them.`
  private var summary: String {
    let amounts = [
      Self.count(report.records, "record"), Self.count(report.objects, "object"),
      Amounts.size(report.bytes),
    ].joined(separator: ", ")
    return "\(amounts) verified in \(Amounts.duration(report.duration)): \(outcome)"
  }

  private var outcome: String {
    let (all, left) = (report.problems.count, report.remaining.count)
    if all == 0 { return "nothing is wrong." }
    let problems = Self.count(all, "problem")
    if left == 0 { return "\(problems), \(all == 1 ? "which is" : "all") repaired." }
    if isRepairing {
      return "\(problems), \(left == all ? "none" : "\(all - left)") repaired; "
        + "repair again when nobody writes, and check permissions."
    }
    guard report.problems.contains(where: { $0.remedy != nil }) else { return "\(problems)." }
    return "\(problems); 'verify --repair' removes \(all == 1 ? "it" : "them")."
  }

  /// A number with commas between thousands, and what it counts.
  static func count(_ count: Int, _ thing: String) -> String {
    var digits = String(count)
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
      position -= 3
    }
    return "\(digits) \(thing)\(count == 1 ? "" : "s")"
  }

  var json: [String] { report.problems.map { Self.line($0).text } + [total.text] }

  private static func line(_ problem: VerificationReport.Problem) -> JSONLine {
    var line = JSONLine(event: "problem")
    line.add("code", problem.warning.code.description)
    line.add("file", problem.file)
    if let offset = problem.warning.offset { line.add("offset", offset) }
    line.add("message", problem.warning.message)
    if let remedy = problem.remedy { line.add("remedy", remedy) }
    line.add("repaired", problem.isRepaired)
    return line
  }

  private var total: JSONLine {
    var line = JSONLine(event: "verify")
    line.add("records", report.records)
    line.add("objects", report.objects)
    line.add("bytes", report.bytes)
    line.add("unreferencedObjects", report.unreferenced.count)
    line.add("unreferencedBytes", report.unreferenced.bytes)
    line.add("leftoverFiles", report.leftovers.count)
    line.add("leftoverBytes", report.leftovers.bytes)
    line.add("seconds", report.duration)
    line.add("problems", report.problems.count)
    line.add("remaining", report.remaining.count)
    return line
  }
}
