import MillraceStore

/// What `gc` prints: a line for each pipeline that loses something, then what is freed.
struct GarbageLines {
  private let report: GarbageReport

  init(_ report: GarbageReport) {
    self.report = report
  }

  var text: [String] {
    var lines = report.shares.map { share in
      let amounts = [
        VerificationLines.count(share.runs, "run"),
        VerificationLines.count(share.results, "result"), Amounts.size(share.bytes),
      ].joined(separator: ", ")
      return "\(share.pipeline.isEmpty ? "(no pipeline)" : share.pipeline): \(amounts)"
    }
    if report.unreferenced.count > 0 {
      lines.append("objects without a record: \(amount(report.unreferenced))")
    }
    if report.leftovers.count > 0 {
      lines.append("incomplete objects: \(amount(report.leftovers))")
    }
    return lines + [summary]
  }

  private func amount(_ tally: StoreTally) -> String {
    "\(VerificationLines.count(tally.count, "file")), \(Amounts.size(tally.bytes))"
  }

  /// `Freed 1.3 GiB of 2.0 GiB in 0.21 s.`
  private var summary: String {
    let sizes = "\(Amounts.size(report.freed)) of \(Amounts.size(report.sizeBefore))"
    if report.isDryRun { return "Would free \(sizes); nothing was changed." }
    return "Freed \(sizes) in \(Amounts.duration(report.duration))."
  }

  var json: [String] {
    let shares = report.shares.map { share in
      var line = JSONLine(event: "garbage")
      line.add("pipeline", share.pipeline)
      line.add("runs", share.runs)
      line.add("results", share.results)
      line.add("bytes", share.bytes)
      return line.text
    }
    return shares + [total.text]
  }

  private var total: JSONLine {
    var line = JSONLine(event: "gc")
    line.add("dryRun", report.isDryRun)
    line.add("freed", report.freed)
    line.add("sizeBefore", report.sizeBefore)
    line.add("sizeAfter", report.sizeAfter)
    line.add("segmentsBefore", report.segmentsBefore)
    line.add("segmentsAfter", report.segmentsAfter)
    line.add("unreferencedObjects", report.unreferenced.count)
    line.add("unreferencedBytes", report.unreferenced.bytes)
    line.add("leftoverFiles", report.leftovers.count)
    line.add("leftoverBytes", report.leftovers.bytes)
    line.add("withinLimit", report.isWithinLimit)
    line.add("seconds", report.duration)
    return line
  }
}
