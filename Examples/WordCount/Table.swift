import Millrace

/// Draws a table of the commonest words, the commonest first and equals in alphabetical order.
///
/// - Parameter limit: How many words; fewer where there are no more, none below 1.
@Task
func showTop(
  _ vocabulary: Vocabulary, limit: Int = 20, ignoringCommon: Bool = false
) -> String {
  let total = vocabulary.words.values.reduce(0) { $0 + $1.occurrences }
  let ranked = vocabulary.words
    .filter { !ignoringCommon || !commonWords.contains($0.key) }
    .sorted { ($1.value.occurrences, $0.key) < ($0.value.occurrences, $1.key) }
    .prefix(max(0, limit))
  let rows = ranked.enumerated().map { rank, entry in
    [
      "\(rank + 1)", entry.key, grouped(entry.value.occurrences),
      percent(entry.value.occurrences, of: total), "\(entry.value.files)",
    ]
  }
  let title =
    "\(grouped(total)) words, \(grouped(vocabulary.words.count)) different, "
    + "in \(vocabulary.files) \(vocabulary.files == 1 ? "file" : "files")"
  return ([title, ""] + aligned([["", "word", "count", "share", "files"]] + rows))
    .joined(separator: "\n")
}

/// The rows as lines of columns; words stand to the left of theirs, numbers to the right.
@Tracked
func aligned(_ rows: [[String]]) -> [String] {
  guard let columns = rows.first?.indices else { return [] }
  let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    columns.map { column in
      let space = String(repeating: " ", count: widths[column] - row[column].count)
      return column == 1 ? row[column] + space : space + row[column]
    }
    .joined(separator: "  ")
  }
}

/// `12345` as `12,345`.
@Tracked
func grouped(_ number: Int) -> String {
  var digits = Array(String(number))
  for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
  return String(digits)
}

/// A part of a whole with one decimal, `6.3%`, rounded half up.
@Tracked
func percent(_ part: Int, of whole: Int) -> String {
  guard whole > 0 else { return "" }
  let permille = (part * 2000 + whole) / (2 * whole)
  return "\(permille / 10).\(permille % 10)%"
}
