import Millrace

/// Flights with the weather at their airport in the hour of their scheduled departure.
struct JoinedFlights: Codable, Sendable, Equatable {
  var flights: CleanFlights
  /// One row per flight.
  var weather: WeatherReadings
  /// Hours between the reading and the scheduled hour: 0 for the hour itself, up to
  /// ``longestWeatherGap`` where an earlier one stands in, missing where there is none.
  var weatherAge: [Int32]
}

/// How many hours old a reading may be to stand in for a missing one.
@Tracked
let longestWeatherGap: Int32 = 3

/// Gives each flight the weather at its origin in the hour of its scheduled departure.
///
/// A gap of up to ``longestWeatherGap`` hours is filled with the last reading before it, never with
/// a later one. Beyond that all readings of the flight are missing. Where a table has two rows for
/// one hour and airport, the later row counts.
///
/// - Complexity: O(flights + weather).
@Task
func join(_ flights: CleanFlights, _ weather: WeatherTable) -> JoinedFlights {
  var rowAt: [AirportHour: Int32] = [:]
  rowAt.reserveCapacity(weather.count)
  for row in 0..<weather.count {
    let key = AirportHour(airport: weather.airport.codes[row], hour: weather.hour[row])
    rowAt[key] = Int32(row)
  }
  let airport = flights.origin.names.map { weather.airport.names.firstIndex(of: $0) }

  var rows: [Int32] = []
  var ages: [Int32] = []
  rows.reserveCapacity(flights.count)
  ages.reserveCapacity(flights.count)
  for flight in 0..<flights.count {
    var row = Int32.missing
    var age = Int32.missing
    if let code = airport[Int(flights.origin.codes[flight])] {
      let hour = flights.scheduled[flight] / 60
      for gap in 0...longestWeatherGap {
        let key = AirportHour(airport: Int32(code), hour: hour - gap)
        guard let found = rowAt[key] else { continue }
        row = found
        age = gap
        break
      }
    }
    rows.append(row)
    ages.append(age)
  }
  return JoinedFlights(
    flights: flights, weather: weather.readings.selecting(rows), weatherAge: ages)
}

private struct AirportHour: Hashable {
  var airport: Int32
  var hour: Int32
}
