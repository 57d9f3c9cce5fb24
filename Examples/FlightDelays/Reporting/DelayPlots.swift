import Millrace

/// Groups with fewer flights are left out of plots, as their shares are mostly chance.
@Tracked
let smallestGroup = 20

/// The share of late flights by scheduled hour.
@Tracked
func hourPlot(_ groups: [DelayProfile.Group]) -> String {
  let shown = groups.filter { $0.flights >= smallestGroup }
  let intervals = shown.map { wilsonInterval($0.late, of: $0.flights) }
  let highest = max(intervals.map(\.upperBound).max() ?? 0, 0.1)
  let told = shown.map { "\($0.name):00 \(percent($0.lateShare))" }
  let plot = Plot(
    id: "hour", title: "Share of late arrivals by scheduled hour of departure",
    description: told.joined(separator: ", ") + ".", height: 396)
  let hours = shown.compactMap { Double($0.name) }
  let first = (hours.min() ?? 0) - 0.6
  let last = (hours.max() ?? 23) + 0.6
  let x = plot.x(first...last)
  let y = plot.y(0...Scale.roundedUp(highest, about: 5))
  let barWidth = max(3, (x(1) - x(0)) * 0.72)
  let marks = zip(zip(shown, hours), intervals).map { pair, interval in
    let (group, hour) = pair
    return SVG.bar(
      "bar", x: x(hour) - barWidth / 2, y: y(group.lateShare), width: barWidth,
      height: y(0) - y(group.lateShare), tip: tip(group, name: group.name + ":00"))
      + SVG.line(
        "whisker", from: (x(hour), y(interval.lowerBound)), to: (x(hour), y(interval.upperBound)))
  }
  let ticks = stride(from: 0.0, through: 24, by: 3).filter { x.domain.contains($0) }
  return plot.svg([
    plot.leftAxis(y, ticks: y.ticks(about: 5), title: "arrived late") { percent($0) },
    plot.bottomAxis(
      x, ticks: ticks, title: "scheduled hour of departure, local time", grid: false
    ) { fixed($0, 0) + ":00" },
    marks.joined(),
  ])
}

/// The share of late flights and the mean delay by airline, the worst first.
@Tracked
func carrierPlot(_ groups: [DelayProfile.Group], airlines: NameTable) -> String {
  let shown = groups.filter { $0.flights >= smallestGroup }
    .sorted { ($1.lateShare, $0.name) < ($0.lateShare, $1.name) }
  let intervals = shown.map { wilsonInterval($0.late, of: $0.flights) }
  let highest = max(intervals.map(\.upperBound).max() ?? 0, 0.1)
  let told = shown.map { "\(airlines.name(of: $0.name)) \(percent($0.lateShare))" }
  let rowHeight = 22.0
  let top = 22.0
  let bottom = 46.0
  let plot = Plot(
    id: "carrier", title: "Share of late arrivals by airline",
    description: told.joined(separator: ", ") + ".",
    height: max(top + bottom + Double(shown.count) * rowHeight, 120), left: 142, right: 66,
    top: top, bottom: bottom)
  let x = plot.x(0...Scale.roundedUp(highest, about: 4))
  let rows = shown.enumerated().map { index, group in
    let interval = intervals[index]
    let middle = top + (Double(index) + 0.5) * rowHeight
    let name = airlines.name(of: group.name)
    let mean = (group.meanDelay > 0 ? "+" : "") + fixed(group.meanDelay, 0) + " min"
    return SVG.text(shortened(name), x: 134, y: middle + 4, anchor: .end)
      + SVG.bar(
        "bar", x: x(0), y: middle - 7, width: x(group.lateShare) - x(0), height: 14,
        tip: tip(group, name: name))
      + SVG.line(
        "whisker", from: (x(interval.lowerBound), middle), to: (x(interval.upperBound), middle))
      + SVG.text(mean, x: plot.width - 4, y: middle + 4, anchor: .end)
  }
  return plot.svg([
    plot.bottomAxis(x, ticks: x.ticks(about: 4), title: "arrived late") { percent($0) },
    SVG.text("mean delay", x: plot.width - 4, y: 12, anchor: .end, style: "note"),
    rows.joined(),
  ])
}

@Tracked
private func tip(_ group: DelayProfile.Group, name: String) -> String {
  "\(name): \(counted(group.flights, "flight")), \(percent(group.lateShare, 1)) late, mean delay "
    + "\(fixed(group.meanDelay, 1)) min"
}

/// A name that fits beside the bars; the whole name stands in the bar's tip.
@Tracked
private func shortened(_ name: String) -> String {
  var name = name
  for ending in [" Inc.", " Corporation", " Co."] where name.hasSuffix(ending) {
    name = String(name.dropLast(ending.count))
  }
  return name.count > 21 ? name.prefix(20) + "…" : name
}
