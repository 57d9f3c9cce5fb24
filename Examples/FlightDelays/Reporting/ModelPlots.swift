import Millrace

/// The ROC curve against the diagonal of chance.
@Tracked
func rocPlot(_ evaluation: Evaluation) -> String {
  let area = fixed(evaluation.areaUnderCurve, 3)
  let plot = Plot(
    id: "roc", title: "ROC curve on the test days",
    description: "Share of late flights found against share of punctual flights wrongly flagged, "
      + "for every threshold. \(rocReading(evaluation.curve)) The area under the curve is \(area); "
      + "chance gives 0.5.",
    height: 396)
  let x = plot.x(0...1)
  let y = plot.y(0...1)
  let ticks = [0, 0.25, 0.5, 0.75, 1]
  let points = zip(evaluation.curve.falseAlarms, evaluation.curve.found).map { (x($0), y($1)) }
  return plot.svg([
    plot.leftAxis(y, ticks: ticks, title: "late flights found") { percent($0) },
    plot.bottomAxis(x, ticks: ticks, title: "punctual flights wrongly flagged") { percent($0) },
    SVG.polygon("area", points + [(x(1), y(0))]),
    SVG.line("chance", from: (x(0), y(0)), to: (x(1), y(1))),
    SVG.polyline("curve", points),
    SVG.diagonalText("chance: AUC 0.5", x: x(0.62), y: y(0.62) + 23),
    SVG.text("AUC " + area, x: x(0.95), y: y(0.12), anchor: .end, style: "callout"),
  ])
}

/// One point of the curve in words.
@Tracked
func rocReading(_ curve: ROCCurve) -> String {
  guard let index = curve.falseAlarms.lastIndex(where: { $0 <= 0.2 }), index > 0 else { return "" }
  return "Flagging \(percent(curve.falseAlarms[index])) of the punctual flights finds "
    + "\(percent(curve.found[index])) of the late ones."
}

/// Predicted risk against what happened, in bins of equal size.
@Tracked
func calibrationPlot(_ bins: [CalibrationBin]) -> String {
  let intervals = bins.map { wilsonInterval($0.late, of: $0.flights) }
  let highest = max(
    bins.map(\.predicted).max() ?? 0, intervals.map(\.upperBound).max() ?? 0, 0.1)
  let domain = 0...min(1, Scale.roundedUp(highest, about: 5))
  let told = bins.map { "\(percent($0.predicted)) predicted, \(percent($0.observed)) seen" }
  let plot = Plot(
    id: "calibration", title: "Calibration on the test days",
    description: "Share of late flights against the predicted risk, in \(bins.count) bins of "
      + "rising risk: " + told.joined(separator: "; ") + ".",
    height: 396)
  let x = plot.x(domain)
  let y = plot.y(domain)
  let ticks = x.ticks(about: 5)
  let marks = zip(bins, intervals).map { bin, interval in
    SVG.line(
      "whisker", from: (x(bin.predicted), y(interval.lowerBound)),
      to: (x(bin.predicted), y(interval.upperBound)))
      + SVG.dot(
        "dot", x: x(bin.predicted), y: y(bin.observed), radius: 4.5,
        tip: "\(counted(bin.flights, "flight")): predicted \(percent(bin.predicted, 1)), "
          + "late \(percent(bin.observed, 1))")
  }
  return plot.svg([
    plot.leftAxis(y, ticks: ticks, title: "arrived late") { percent($0) },
    plot.bottomAxis(x, ticks: ticks, title: "predicted risk of arriving late") { percent($0) },
    SVG.line(
      "chance", from: (x(0), y(0)), to: (x(domain.upperBound), y(domain.upperBound))),
    SVG.text(
      "dashed: exactly as predicted", x: plot.width - plot.right - 8, y: y(0) - 12, anchor: .end,
      style: "note"),
    SVG.polyline("thin", bins.map { (x($0.predicted), y($0.observed)) }),
    marks.joined(),
  ])
}
