import Millrace

/// What a model may look at, one row per flight, with the outcome beside it.
@Tracked
struct FeatureTable: Codable, Sendable, Equatable {
  /// A column of numbers; NaN is missing.
  struct Numeric: Codable, Sendable, Equatable {
    /// The identifier of its ``FeatureDescription``.
    var id: String
    var values: [Double]
  }

  /// A column of names.
  struct Category: Codable, Sendable, Equatable {
    /// The identifier of its ``FeatureDescription``.
    var id: String
    var values: CategoryColumn
  }

  var months: [MonthSummary]
  /// The local date of the scheduled departure, in days since 1970-01-01.
  var day: [Int32]
  /// Minutes; the outcome.
  var arrivalDelay: [Int32]
  var numeric: [Numeric]
  var categories: [Category]

  var count: Int { day.count }

  /// Whether a flight arrived more than ``lateMinutes`` late.
  func isLate(_ row: Int) -> Bool { arrivalDelay[row] > lateMinutes }

  /// The column with an identifier of ``FeatureDescription/all``.
  func category(_ id: String) -> CategoryColumn? { categories.first { $0.id == id }?.values }
}

/// A flight is late when it arrives more than this many minutes after its scheduled arrival.
@Tracked
let lateMinutes: Int32 = 15

/// What became of a month's rows.
struct MonthSummary: Codable, Sendable, Equatable {
  var cleaning: CleaningSummary
  /// Flights with the weather of their hour.
  var weatherOfHour: Int
  /// Flights with the weather of one to ``longestWeatherGap`` hours earlier.
  var weatherEarlier: Int
  /// Flights without weather.
  var weatherMissing: Int
}

/// Puts the months' rows one after another.
///
/// - Parameter months: In any number; their features must be the same.
/// - Returns: The rows in the order of `months`.
/// - Throws: ``DataError`` if there is no month, no flight, or if two months have other features.
@Task
func merge(_ months: [FeatureTable]) throws -> FeatureTable {
  guard let first = months.first else { throw DataError("there is no month to merge") }
  guard months.contains(where: { $0.count > 0 }) else {
    throw DataError("no flight with a known arrival delay is left; look at the input files")
  }
  for month in months {
    guard
      month.numeric.map(\.id) == first.numeric.map(\.id),
      month.categories.map(\.id) == first.categories.map(\.id)
    else { throw DataError("two months have different features; make them with one version") }
  }
  return FeatureTable(
    months: months.flatMap(\.months),
    day: months.flatMap(\.day),
    arrivalDelay: months.flatMap(\.arrivalDelay),
    numeric: first.numeric.indices.map { index in
      FeatureTable.Numeric(
        id: first.numeric[index].id, values: months.flatMap { $0.numeric[index].values })
    },
    categories: first.categories.indices.map { index in
      FeatureTable.Category(
        id: first.categories[index].id,
        values: .merging(months.map { $0.categories[index].values }))
    })
}
