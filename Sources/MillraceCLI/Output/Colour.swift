/// The few colours of lines, as SGR parameters (ECMA-48 §8.3.117).
enum Colour: String, Sendable {
  case good = "32"
  case bad = "1;31"
  case caution = "33"
  case faint = "2"

  /// The text in this colour, or as it is where lines are not coloured.
  func paint(_ text: String, if isColoured: Bool) -> String {
    isColoured ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
  }
}
