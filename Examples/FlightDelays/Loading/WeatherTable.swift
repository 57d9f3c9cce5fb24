import Millrace

/// Readings of the weather, one row per hour and airport or per flight; NaN is a missing reading.
@Tracked
struct WeatherReadings: Codable, Sendable, Equatable {
  /// Degrees Fahrenheit.
  var temperature: [Double] = []
  /// Per cent.
  var humidity: [Double] = []
  /// Miles per hour.
  var windSpeed: [Double] = []
  /// Miles per hour; missing when no gust was reported, which is most hours.
  var windGust: [Double] = []
  /// Inches in the hour.
  var precipitation: [Double] = []
  /// Millibars at sea level.
  var pressure: [Double] = []
  /// Miles, at most 10.
  var visibility: [Double] = []

  /// The readings at `rows`, in that order; all missing where a row is ``Swift/Int32/missing``.
  func selecting(_ rows: [Int32]) -> WeatherReadings {
    func select(_ column: [Double]) -> [Double] {
      rows.map { $0 == .missing ? .nan : column[Int($0)] }
    }
    return WeatherReadings(
      temperature: select(temperature), humidity: select(humidity), windSpeed: select(windSpeed),
      windGust: select(windGust), precipitation: select(precipitation),
      pressure: select(pressure), visibility: select(visibility))
  }
}

/// Hourly weather at the airports that flights leave from.
@Tracked
struct WeatherTable: Codable, Sendable, Equatable {
  var airport: CategoryColumn
  /// Hours since 1970-01-01T00Z.
  var hour: [Int32]
  var readings: WeatherReadings

  var count: Int { hour.count }

  /// The weather of a month without a weather file.
  static let empty = WeatherTable(
    airport: CategoryColumn(names: [], codes: []), hour: [], readings: WeatherReadings())
}

/// Reads the weather of a month.
///
/// - Parameters:
///   - bytes: A CSV file with the columns of nycflights13; further columns are ignored.
///   - name: What messages call the file.
/// - Throws: ``DataError`` naming file, line and column.
@Tracked
func parseWeather(_ bytes: [UInt8], name: String) throws -> WeatherTable {
  let columns = [
    "origin", "time_hour", "temp", "humid", "wind_speed", "wind_gust", "precip", "pressure",
    "visib",
  ]
  var airport = CategoryBuilder()
  var hour: [Int32] = []
  var readings = WeatherReadings()
  try readCSV(bytes, name: name, columns: columns) { row in
    guard !row.isMissing(0) else {
      throw row.error(0, "the value is missing, but every row needs one")
    }
    airport.append(row.bytes(0))
    hour.append(try row.hourOfTime(1))
    readings.temperature.append(try row.decimalOrMissing(2))
    readings.humidity.append(try row.decimalOrMissing(3))
    readings.windSpeed.append(try row.decimalOrMissing(4))
    readings.windGust.append(try row.decimalOrMissing(5))
    readings.precipitation.append(try row.decimalOrMissing(6))
    readings.pressure.append(try row.decimalOrMissing(7))
    readings.visibility.append(try row.decimalOrMissing(8))
  }
  return WeatherTable(airport: airport.finished(), hour: hour, readings: readings)
}
