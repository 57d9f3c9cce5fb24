import Millrace

/// The files of one month.
struct MonthFiles: Codable, Sendable, Equatable {
  /// `2013-01`, or `all` for a plain `flights.csv`.
  var name: String
  var flights: InputFile
  /// Nil where there is none.
  var weather: InputFile?
}

/// Pairs the flights of each month with its weather.
///
/// `flights-2013-01.csv` goes with `weather-2013-01.csv` of the same folder, and a plain
/// `flights.csv` with `weather.csv`. Other files are left alone.
///
/// - Parameter paths: Paths in any order.
/// - Returns: The months by name, at least one.
/// - Throws: ``DataError`` if there are no flights, or two files for one month.
@Tracked
func findMonths(_ paths: [String]) throws -> [MonthFiles] {
  let known = Set(paths)
  var months: [String: MonthFiles] = [:]
  for path in paths.sorted() {
    let (folder, file) = splitPath(path)
    guard let name = monthName(of: file) else { continue }
    let weather = folder + "weather" + file.dropFirst("flights".count)
    if let other = months[name] {
      throw DataError(
        "two files hold the flights of '\(name)': \(other.flights.path) and \(path); keep one of them"
      )
    }
    months[name] = MonthFiles(
      name: name, flights: InputFile(path),
      weather: known.contains(weather) ? InputFile(weather) : nil)
  }
  guard !months.isEmpty else {
    throw DataError(
      "no flights among \(paths.count) files; name them flights-2013-01.csv with "
        + "weather-2013-01.csv beside it, or flights.csv with weather.csv")
  }
  return months.values.sorted { $0.name < $1.name }
}

/// The path of the file called `name` among `paths`, if it is there; of several the first in
/// alphabetical order.
@Tracked
func findFile(_ name: String, in paths: [String]) -> String? {
  paths.filter { splitPath($0).file == name }.min()
}

@Tracked
private func splitPath(_ path: String) -> (folder: String, file: String) {
  guard let slash = path.lastIndex(of: "/") else { return ("", path) }
  return (String(path[...slash]), String(path[path.index(after: slash)...]))
}

/// `2013-01` for `flights-2013-01.csv`, `all` for `flights.csv`, nil for any other file.
@Tracked
private func monthName(of file: String) -> String? {
  if file == "flights.csv" { return "all" }
  guard file.hasPrefix("flights-"), file.hasSuffix(".csv") else { return nil }
  let name = file.dropFirst("flights-".count).dropLast(".csv".count)
  let digits = Array(name.utf8)
  guard digits.count == 7, digits[4] == UInt8(ascii: "-") else { return nil }
  for (index, digit) in digits.enumerated() where index != 4 {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
  }
  return String(name)
}
