import Foundation
import Millrace

/// Finds the months in a folder.
@Task
func listMonths(in folder: InputDirectory) throws -> [InputFile] {
  let months = try folder.files(matching: "weather-*.csv")
  guard !months.isEmpty else {
    throw WeatherError("no 'weather-YYYY-MM.csv' in '\(folder)'; choose another with '--input'")
  }
  return months
}

/// Reads one airport's readings of a month.
@Task
func readWeather(_ file: InputFile, of airport: String) throws -> [Reading] {
  let lines = try file.text().split(whereSeparator: \.isNewline)
  let header = lines.first?.split(separator: ",") ?? []
  let columns = try ["origin", "time_hour", "temp", "dewp"].map { name in
    guard let column = header.firstIndex(of: Substring(name)) else {
      throw WeatherError("\(file.name) has no column '\(name)'")
    }
    return column
  }
  return try lines.dropFirst().enumerated().compactMap { number, line in
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == header.count else {
      throw WeatherError("\(file.name) has \(fields.count) fields in row \(number + 1)")
    }
    let (place, time) = (fields[columns[0]], fields[columns[1]])
    guard place == airport, let temperature = Double(fields[columns[2]]),
      let dewPoint = Double(fields[columns[3]])
    else { return nil }
    let hour = try Date(String(time), strategy: .iso8601).timeIntervalSince1970 / 3600
    return Reading(hour: Int(hour), temperature: temperature, dewPoint: dewPoint)
  }
}

/// Puts months together to one series without gaps.
///
/// An hour that was not measured has the readings of the hour before, which is what a forecaster would have.
@Task
func join(_ months: [[Reading]]) throws -> Weather {
  let readings = months.joined().sorted { $0.hour < $1.hour }
  guard let first = readings.first else {
    throw WeatherError("there are no readings of this airport; choose another with '--airport'")
  }
  var weather = Weather(start: first.hour)
  for reading in readings where reading.hour >= weather.end {
    while weather.end < reading.hour {
      weather.append(weather.readings[weather.readings.count - 1], isMeasured: false)
    }
    weather.append(reading, isMeasured: true)
  }
  return weather
}

/// What was measured in an hour.
@Tracked
struct Reading: Codable, Sendable, Equatable {
  /// Since the beginning of 1970, in UTC.
  var hour: Int
  /// In °F, as `dewPoint`.
  var temperature: Double
  var dewPoint: Double
}

/// An airport's weather, hour by hour.
@Tracked
struct Weather: Codable, Sendable, Equatable {
  /// The hour of the first reading.
  let start: Int
  private(set) var readings: [Reading] = []
  private(set) var isMeasured: [Bool] = []

  init(start: Int) { self.start = start }

  /// The hour after the last reading.
  var end: Int { start + readings.count }

  subscript(hour: Int) -> Reading { readings[hour - start] }

  func isMeasured(at hour: Int) -> Bool { isMeasured[hour - start] }

  func prefix(before hour: Int) -> Weather {
    var past = self
    past.readings.removeLast(end - hour)
    past.isMeasured.removeLast(end - hour)
    return past
  }

  mutating func append(_ reading: Reading, isMeasured: Bool) {
    var reading = reading
    reading.hour = end
    readings.append(reading)
    self.isMeasured.append(isMeasured)
  }
}

/// What is wrong with the data, as a sentence.
struct WeatherError: Error, Equatable, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
