/// Guesses which name was meant.
package enum NameSuggestions {
  /// The nearest names, nearest first, at most `limit`; none if nothing is near.
  ///
  /// A name is near if few letters differ for its length, or one of the two contains the other.
  ///
  /// - Complexity: O(*n* *m*²) for *n* names of *m* letters.
  package static func nearest(to text: String, in names: [String], limit: Int = 3) -> [String] {
    let wanted = Array(text.lowercased())
    guard !wanted.isEmpty else { return [] }
    let most = max(1, wanted.count / 3)
    let rated: [(distance: Int, name: String)] = names.compactMap { name in
      let letters = Array(name.lowercased())
      if abs(letters.count - wanted.count) <= most {
        let distance = distance(wanted, letters)
        if distance <= most { return (distance, name) }
      }
      // A shared letter or two means nothing.
      let isPart = wanted.count > 2 && name.lowercased().contains(text.lowercased())
      let isWhole = letters.count > 2 && text.lowercased().contains(name.lowercased())
      return isPart || isWhole ? (most + 1, name) : nil
    }
    return rated.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(limit).map(\.name)
  }

  /// How many insertions, removals, replacements and exchanges of neighbours lead from one to the
  /// other, no letter being touched twice (optimal string alignment).
  ///
  /// - SeeAlso: F. J. Damerau, "A technique for computer detection and correction of spelling
  ///   errors", doi:10.1145/363958.363994.
  package static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let isSame = first[row] == second[column]
        var best = min(
          last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[second.count]
  }
}
