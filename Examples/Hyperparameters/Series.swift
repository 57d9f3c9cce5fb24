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

/// Reads one airport's temperatures of a month, in °F, by the hour since the beginning of 1970.
@Task
func readTemperatures(from file: InputFile, of airport: String) throws -> [Int: Double] {
  let lines = try file.text().split(whereSeparator: \.isNewline)
  let header = lines.first?.split(separator: ",") ?? []
  let columns = try ["origin", "time_hour", "temp"].map { name in
    guard let column = header.firstIndex(of: Substring(name)) else {
      throw WeatherError("\(file.name) has no column '\(name)'")
    }
    return column
  }
  var temperatures: [Int: Double] = [:]
  for (number, line) in lines.enumerated().dropFirst() {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == header.count else {
      throw WeatherError("\(file.name) has \(fields.count) fields in line \(number + 1)")
    }
    guard fields[columns[0]] == airport, let temperature = Double(fields[columns[2]]) else {
      continue
    }
    let time = try Date(String(fields[columns[1]]), strategy: .iso8601)
    temperatures[Int(time.timeIntervalSince1970) / 3600] = temperature
  }
  return temperatures
}

/// Puts months together to one series. An hour that was not measured is as warm as the one before.
@Task
func join(_ months: [[Int: Double]]) throws -> Series {
  let measured = months.joined().sorted { $0.key < $1.key }
  guard let first = measured.first else {
    throw WeatherError("no temperatures of this airport; choose another with '--airport'")
  }
  var series = Series(start: first.key)
  for (hour, temperature) in measured {
    while series.end < hour { series.temperatures.append(series[series.end - 1]) }
    if series.end == hour { series.temperatures.append(temperature) }
  }
  return series
}

/// Temperatures in °F, hour by hour.
@Tracked
struct Series: Codable, Sendable, Equatable {
  /// The first hour, since the beginning of 1970 in UTC.
  var start: Int
  var temperatures: [Double] = []

  /// The hour after the last.
  var end: Int { start + temperatures.count }

  subscript(hour: Int) -> Double { temperatures[hour - start] }
}

/// What is wrong with the data, as a sentence.
struct WeatherError: Error, Equatable, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
