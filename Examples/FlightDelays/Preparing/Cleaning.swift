import Millrace

/// The flights of a month whose arrival delay is known.
///
/// Of what happened after the schedule was made it holds only `arrivalDelay`, which is what is to
/// be predicted; so a feature computed from it cannot look ahead by accident.
@Tracked
struct CleanFlights: Codable, Sendable, Equatable {
  /// The local date of the scheduled departure, in days since 1970-01-01.
  var day: [Int32]
  /// The local hour of the scheduled departure, 0 to 24.
  var hour: [Int32]
  /// The scheduled departure in minutes since 1970-01-01T00:00Z.
  var scheduled: [Int32]
  /// Minutes; the outcome.
  var arrivalDelay: [Int32]
  /// Miles.
  var distance: [Int32]
  var carrier: CategoryColumn
  var origin: CategoryColumn
  var destination: CategoryColumn
  var summary: CleaningSummary

  var count: Int { day.count }
}

/// How many flights a month had and why some were left out.
@Tracked
struct CleaningSummary: Codable, Sendable, Equatable {
  /// What the file was called.
  var name: String
  /// Records in the file.
  var read: Int
  /// Flights that never left.
  var cancelled: Int
  /// Flights that left, but have no arrival delay: diverted, or not recorded.
  var unrecorded: Int

  var kept: Int { read - cancelled - unrecorded }
}

/// Drops the flights that were cancelled and those without an arrival delay.
///
/// - Returns: The other flights in the order of the table, and the counts of both.
@Task
func clean(_ table: FlightTable) -> CleanFlights {
  var summary = CleaningSummary(name: table.name, read: table.count, cancelled: 0, unrecorded: 0)
  var kept: [Int32] = []
  kept.reserveCapacity(table.count)
  for row in 0..<table.count {
    if table.departureDelay[row] == .missing {
      summary.cancelled += 1
    } else if table.arrivalDelay[row] == .missing {
      summary.unrecorded += 1
    } else {
      kept.append(Int32(row))
    }
  }
  return CleanFlights(
    day: table.day.selecting(kept), hour: table.hour.selecting(kept),
    scheduled: table.scheduled.selecting(kept), arrivalDelay: table.arrivalDelay.selecting(kept),
    distance: table.distance.selecting(kept), carrier: table.carrier.selecting(kept),
    origin: table.origin.selecting(kept), destination: table.destination.selecting(kept),
    summary: summary)
}
