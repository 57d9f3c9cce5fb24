import MillraceEngine
import MillraceStore

/// What `status` says.
struct StatusLines {
  let usage: StoreUsage
  let last: RunRecord?
  let place: String
  let nodes: [PlannedNode]

  init(_ usage: StoreUsage, last: RunRecord?, place: String, plan: Plan) {
    self.usage = usage
    self.last = last
    self.place = place
    nodes = plan.nodes
  }

  func text(_ isColoured: Bool) -> [String] {
    let run =
      last.map { run in
        let counts = run.counts.map { counts in
          ": \(counts.executed) executed, \(Amounts.count(counts.hits, "hit")), \(counts.failed) failed"
        }
        return
          "\(run.id.shortForm), \(RunHistory.began(run)), \(run.status?.rawValue ?? "unfinished")\(counts ?? "")"
      } ?? "none yet"
    let store =
      "\(place), \(Amounts.size(usage.totalBytes)): \(Amounts.count(usage.results, "result")), \(Amounts.count(usage.objects, "object")) of \(Amounts.size(usage.objectBytes)), log of \(Amounts.size(usage.logBytes))"
    let stale = nodes.filter { $0.state != .hit }
    let summary = PlanLines(isColoured: isColoured).all(of: stale)
    return ["Last run: \(run)", "Store:    \(store)"]
      + (stale.isEmpty
        ? ["Everything is up to date: \(Amounts.count(nodes.count, "node"))."]
        : ["Out of date: \(stale.count) of \(Amounts.count(nodes.count, "node"))."]
          + summary.dropLast().map { "  \($0)" })
  }

  var json: [String] {
    var line = JSONLine(event: "status")
    line.add("store", place)
    line.add("bytes", usage.totalBytes)
    line.add("objects", usage.objects)
    line.add("results", usage.results)
    if let last {
      line.add("lastRun", "\(last.id)")
      line.add("lastStatus", last.status?.rawValue ?? "unfinished")
    }
    let stale = nodes.filter { $0.state != .hit }
    line.add("nodes", nodes.count)
    line.add("outOfDate", stale.count)
    return stale.map { JSONLine.planned($0).text } + [line.text]
  }
}
