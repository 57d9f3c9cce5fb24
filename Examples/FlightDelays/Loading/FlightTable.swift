import Millrace

/// One month of flights as they were published, one row per scheduled flight.
///
/// It holds what was known only afterwards (the two delays) beside the schedule, so nothing but
/// cleaning and ``departures(of:)`` may look at it.
@Tracked
struct FlightTable: Codable, Sendable, Equatable {
  /// What the file was called.
  var name: String
  /// The local date of the scheduled departure, in days since 1970-01-01.
  var day: [Int32]
  /// The local hour of the scheduled departure, 0 to 24.
  var hour: [Int32]
  /// The scheduled departure in minutes since 1970-01-01T00:00Z.
  var scheduled: [Int32]
  /// Minutes that the flight left late, negative if early, missing if it never left.
  var departureDelay: [Int32]
  /// Minutes that the flight arrived late, negative if early, missing if it did not arrive there.
  var arrivalDelay: [Int32]
  /// Miles.
  var distance: [Int32]
  var carrier: CategoryColumn
  var origin: CategoryColumn
  var destination: CategoryColumn

  var count: Int { day.count }
}

/// Reads the flights of a month.
///
/// - Parameters:
///   - bytes: A CSV file with the columns of nycflights13; further columns are ignored.
///   - name: What the file is called in messages and in the report.
/// - Returns: Each record of the file, in its order; a file of only a header gives no rows.
/// - Throws: ``DataError`` naming file, line and column.
@Tracked
func parseFlights(_ bytes: [UInt8], name: String) throws -> FlightTable {
  enum Column {
    static let names = [
      "year", "month", "day", "dep_delay", "arr_delay", "carrier", "origin", "dest", "distance",
      "hour", "minute", "time_hour",
    ]
    static let year = 0
    static let month = 1
    static let day = 2
    static let departureDelay = 3
    static let arrivalDelay = 4
    static let carrier = 5
    static let origin = 6
    static let destination = 7
    static let distance = 8
    static let hour = 9
    static let minute = 10
    static let timeHour = 11
  }

  var day: [Int32] = []
  var hour: [Int32] = []
  var scheduled: [Int32] = []
  var departureDelay: [Int32] = []
  var arrivalDelay: [Int32] = []
  var distance: [Int32] = []
  var carrier = CategoryBuilder()
  var origin = CategoryBuilder()
  var destination = CategoryBuilder()

  try readCSV(bytes, name: name, columns: Column.names) { row in
    let date = civilDay(
      year: try row.integer(Column.year, in: 1900...2999),
      month: try row.integer(Column.month, in: 1...12),
      day: try row.integer(Column.day, in: 1...31))
    guard let date else { throw row.error(Column.day, "there is no such day in that month") }
    day.append(date)
    hour.append(try row.integer(Column.hour, in: 0...24))
    let minute = try row.integer(Column.minute, in: 0...59)
    scheduled.append(60 * (try row.hourOfTime(Column.timeHour)) + minute)
    departureDelay.append(try row.integerOrMissing(Column.departureDelay))
    arrivalDelay.append(try row.integerOrMissing(Column.arrivalDelay))
    distance.append(try row.integer(Column.distance, in: 0...20_000))
    for column in [Column.carrier, Column.origin, Column.destination] where row.isMissing(column) {
      throw row.error(column, "the value is missing, but every row needs one")
    }
    carrier.append(row.bytes(Column.carrier))
    origin.append(row.bytes(Column.origin))
    destination.append(row.bytes(Column.destination))
  }
  return FlightTable(
    name: name, day: day, hour: hour, scheduled: scheduled, departureDelay: departureDelay,
    arrivalDelay: arrivalDelay, distance: distance, carrier: carrier.finished(),
    origin: origin.finished(), destination: destination.finished())
}
