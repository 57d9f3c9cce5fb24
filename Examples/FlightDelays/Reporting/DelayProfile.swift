import Millrace

/// What the flights were like, before any model: the figures of the report's first half.
@Tracked
struct DelayProfile: Codable, Sendable, Equatable {
  /// Flights that have something in common.
  struct Group: Codable, Sendable, Equatable {
    /// An hour such as `07`, or an airline's code.
    var name: String
    var flights: Int
    var late: Int
    /// The mean arrival delay in minutes.
    var meanDelay: Double

    var lateShare: Double { Double(late) / Double(flights) }
  }

  /// The size of a part of the split.
  struct PartSize: Codable, Sendable, Equatable {
    var part: Part
    var flights: Int
    var days: Int
  }

  var months: [MonthSummary]
  /// Days since 1970-01-01.
  var firstDay: Int32
  /// Days since 1970-01-01.
  var lastDay: Int32
  var flights: Int
  var late: Int
  /// Sorted by hour; only hours with flights.
  var byHour: [Group]
  /// Sorted by code; only airlines with flights.
  var byCarrier: [Group]
  var parts: [PartSize]
}

/// Counts flights and delays by hour and by airline, over all parts of the split.
///
/// - Throws: ``DataError`` if the table is empty.
@Task
func describe(_ table: FeatureTable, _ split: Split) throws -> DelayProfile {
  guard let firstDay = table.day.min(), let lastDay = table.day.max() else {
    throw DataError("there is no flight to describe; look at the input files")
  }
  return DelayProfile(
    months: table.months, firstDay: firstDay, lastDay: lastDay, flights: table.count,
    late: table.arrivalDelay.count { $0 > lateMinutes },
    byHour: groups(table.category("hour"), delays: table.arrivalDelay),
    byCarrier: groups(table.category("carrier"), delays: table.arrivalDelay),
    parts: Part.allCases.map { part in
      let rows = split[part]
      return DelayProfile.PartSize(
        part: part, flights: rows.count, days: Set(rows.map { table.day[Int($0)] }).count)
    })
}

@Tracked
private func groups(_ column: CategoryColumn?, delays: [Int32]) -> [DelayProfile.Group] {
  guard let column else { return [] }
  var flights = [Int](repeating: 0, count: column.names.count)
  var late = flights
  var sums = flights
  for (code, delay) in zip(column.codes, delays) {
    flights[Int(code)] += 1
    late[Int(code)] += delay > lateMinutes ? 1 : 0
    sums[Int(code)] += Int(delay)
  }
  return column.names.indices.filter { flights[$0] > 0 }
    .sorted { column.names[$0] < column.names[$1] }
    .map { code in
      DelayProfile.Group(
        name: column.names[code], flights: flights[code], late: late[code],
        meanDelay: Double(sums[code]) / Double(flights[code]))
    }
}
