import Millrace

/// Splits a series by days: the last fortnight is held out, what is before it is cut into five folds.
///
/// Days stay whole and folds are runs of days, since hours of one day resemble each other too much for
/// one of them to test what was learnt from another.
@Task
func split(_ series: Series) throws -> Split {
  let (first, last) = (series.start / 24, series.end / 24)
  let days = last - first - heldOutDays
  guard days >= 2 * foldCount else {
    throw WeatherError(
      "\(last - first) days of weather are too few; \(heldOutDays + 2 * foldCount) are needed")
  }
  let borders = (0...foldCount).map { 24 * (first + $0 * days / foldCount) }
  return Split(
    folds: zip(borders, borders.dropFirst()).map { Hours(start: $0, end: $1) },
    heldOut: Hours(start: borders[foldCount], end: 24 * last))
}

@Tracked let foldCount = 5
@Tracked let heldOutDays = 14

/// A series up to the held-out days, so that no search can see them.
@Task
func past(of series: Series, before heldOut: Hours) -> Series {
  let count = heldOut.start - series.start
  return Series(start: series.start, temperatures: Array(series.temperatures.prefix(count)))
}

/// What is learnt from, and what the end result is judged by.
@Tracked
struct Split: Codable, Sendable, Equatable {
  var folds: [Hours]
  var heldOut: Hours
}

/// A run of hours, `start` included and `end` not.
@Tracked
struct Hours: Codable, Sendable, Equatable, CustomStringConvertible {
  var start: Int
  var end: Int

  /// The days since 1970, to name nodes after.
  var description: String { "\(start / 24)-\((end - 1) / 24)" }
}
