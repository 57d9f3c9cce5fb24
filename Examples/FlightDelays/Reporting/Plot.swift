import Millrace

/// A drawing with a rectangle for the data and margins for what explains it.
@Tracked
struct Plot {
  /// A word that is unique in the page; the title's and the description's ids begin with it.
  var id: String
  /// What it shows, for those who hear the page.
  var title: String
  /// What there is to see in it, in numbers.
  var description: String
  var width = 400.0
  var height: Double
  var left = 54.0
  var right = 14.0
  var top = 14.0
  var bottom = 46.0

  /// A horizontal scale over the data's rectangle.
  func x(_ domain: ClosedRange<Double>) -> Scale {
    Scale(domain: domain, start: left, end: width - right)
  }

  /// A vertical scale over the data's rectangle, growing upward.
  func y(_ domain: ClosedRange<Double>) -> Scale {
    Scale(domain: domain, start: height - bottom, end: top)
  }

  /// The drawing with its content.
  func svg(_ content: [String]) -> String {
    element(
      "svg",
      [
        "viewBox": "0 0 \(SVG.unit(width)) \(SVG.unit(height))", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-description",
        "xmlns": "http://www.w3.org/2000/svg",
      ],
      element("title", ["id": id + "-title"], escaped(title)),
      element("desc", ["id": id + "-description"], escaped(description)), content.joined())
  }

  /// A bottom axis, with grid lines unless told otherwise.
  func bottomAxis(
    _ scale: Scale, ticks: [Double], title: String, grid: Bool = true, label: (Double) -> String
  ) -> String {
    let base = height - bottom
    let marks = ticks.map { tick in
      (grid ? SVG.line("grid", from: (scale(tick), top), to: (scale(tick), base)) : "")
        + SVG.text(label(tick), x: scale(tick), y: base + 17, anchor: .middle)
    }
    return marks.joined() + SVG.line("axis", from: (left, base), to: (width - right, base))
      + SVG.text(
        title, x: (left + width - right) / 2, y: base + 38, anchor: .middle, style: "axis-title")
  }

  /// A left axis with its grid lines.
  func leftAxis(
    _ scale: Scale, ticks: [Double], title: String, label: (Double) -> String
  ) -> String {
    let marks = ticks.map { tick in
      SVG.line("grid", from: (left, scale(tick)), to: (width - right, scale(tick)))
        + SVG.text(label(tick), x: left - 7, y: scale(tick) + 4, anchor: .end)
    }
    let middle = (top + height - bottom) / 2
    return marks.joined()
      + element(
        "text",
        [
          "class": "axis-title", "text-anchor": "middle",
          "transform": "translate(11 \(SVG.unit(middle))) rotate(-90)",
        ], escaped(title))
  }
}
