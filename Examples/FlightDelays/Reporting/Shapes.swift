import Millrace

/// The few shapes that plots are drawn with; their looks are classes of the report's style.
@Tracked
enum SVG {
  /// Where a text's given point lies in it.
  enum Anchor: String {
    case start
    case middle
    case end
  }

  /// A coordinate with one decimal at most.
  static func unit(_ value: Double) -> String {
    let text = fixed(value, 1).replacingMinus()
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A straight line.
  static func line(
    _ style: String, from start: (x: Double, y: Double), to end: (x: Double, y: Double)
  ) -> String {
    element(
      "line",
      [
        "class": style, "x1": unit(start.x), "y1": unit(start.y), "x2": unit(end.x),
        "y2": unit(end.y),
      ])
  }

  /// A line through points.
  static func polyline(_ style: String, _ points: [(x: Double, y: Double)]) -> String {
    let places = points.map { unit($0.x) + "," + unit($0.y) }.joined(separator: " ")
    return element("polyline", ["class": style, "points": places])
  }

  /// An area within points.
  static func polygon(_ style: String, _ points: [(x: Double, y: Double)]) -> String {
    let places = points.map { unit($0.x) + "," + unit($0.y) }.joined(separator: " ")
    return element("polygon", ["class": style, "points": places])
  }

  /// A filled rectangle; `tip` is shown where a pointer rests.
  static func bar(
    _ style: String, x: Double, y: Double, width: Double, height: Double, tip: String
  ) -> String {
    element(
      "rect",
      [
        "class": style, "x": unit(x), "y": unit(y), "width": unit(max(width, 0)),
        "height": unit(max(height, 0)),
      ], element("title", [:], escaped(tip)))
  }

  /// A dot; `tip` is shown where a pointer rests.
  static func dot(_ style: String, x: Double, y: Double, radius: Double, tip: String) -> String {
    element(
      "circle", ["class": style, "cx": unit(x), "cy": unit(y), "r": unit(radius)],
      element("title", [:], escaped(tip)))
  }

  /// A line of text.
  static func text(
    _ text: String, x: Double, y: Double, anchor: Anchor, style: String = "tick"
  ) -> String {
    element(
      "text",
      ["class": style, "x": unit(x), "y": unit(y), "text-anchor": anchor.rawValue], escaped(text))
  }

  /// A line of text that runs upward along a diagonal.
  static func diagonalText(_ text: String, x: Double, y: Double) -> String {
    element(
      "text",
      [
        "class": "note", "text-anchor": "middle",
        "transform": "translate(\(unit(x)) \(unit(y))) rotate(-45)",
      ], escaped(text))
  }
}

@Tracked
extension String {
  /// Coordinates need the hyphen for a minus.
  fileprivate func replacingMinus() -> String {
    hasPrefix("−") ? "-" + dropFirst() : self
  }
}
