/// How many columns of a terminal text takes, and text cut to columns.
///
/// Scalars are counted one by one, as terminals do that know nothing of grapheme clusters. Where a
/// terminal does, a family or a flag takes fewer columns than counted: a line may come out short, and
/// never wraps. Ambiguous characters count as one column, as they do outside East Asian settings.
enum TextWidth {
  /// The columns of a text without control characters.
  static func columns(_ text: String) -> Int {
    var columns = 0
    for scalar in text.unicodeScalars { columns += Self.columns(scalar) }
    return columns
  }

  /// - SeeAlso: Unicode Standard Annex #11, East Asian Width.
  static func columns(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value < 0x20 || (0x7f..<0xa0).contains(value) ? 0 : 1 }
    // It asks for the emoji where the character before has a narrow form, too.
    if value == 0xfe0f { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if (0x1160...0x11ff).contains(value) { return 0 }  // follows the jamo that it is a part of
    return scalar.properties.isEmojiPresentation || isWide(value) ? 2 : 1
  }

  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf,
      0x4e00...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19,
      0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1aff0...0x1b2ff,
      0x1f200...0x1f265, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      true
    default: false
    }
  }

  /// The text with a replacement character for each that would move the cursor, change the
  /// terminal's state or turn the direction of what follows.
  static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isHarmful(scalar) ? "\u{fffd}" : scalar) }
    return String(result)
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  /// The text in at most as many columns, with `…` for what is left out in its middle: names differ at
  /// their ends. Characters stay whole.
  ///
  /// - Returns: Nothing where there is no room for a column.
  static func cut(_ text: String, to limit: Int) -> String {
    guard columns(text) > limit else { return text }
    guard limit > 1 else { return limit == 1 ? "…" : "" }
    let tail = fitting(text.reversed(), (limit - 1) / 2)
    let head = fitting(text, limit - 1 - columns(String(tail)))
    return head + "…" + String(tail.reversed())
  }

  /// As many characters from the first on as fit.
  private static func fitting(_ characters: some Sequence<Character>, _ limit: Int) -> String {
    var (result, left) = ("", limit)
    for character in characters {
      left -= columns(String(character))
      if left < 0 { break }
      result.append(character)
    }
    return result
  }
}
