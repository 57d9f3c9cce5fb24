import Millrace

/// Finds the months in a folder.
@Task
func listMonths(in folder: InputDirectory) throws -> [MonthFiles] {
  try findMonths(folder.files(matching: "*.csv").map(\.path))
}

/// Finds a file by its name; nil if the folder has none.
@Task
func locate(_ name: String, in folder: InputDirectory) throws -> InputFile? {
  findFile(name, in: try folder.files(matching: "*.csv").map(\.path)).map { InputFile($0) }
}

/// Reads a month of flights.
@Task
func loadFlights(_ file: InputFile) throws -> FlightTable {
  try parseFlights(file.bytes(), name: file.name)
}

/// Reads a month of weather; without a file there are no readings.
@Task
func loadWeather(_ file: InputFile?) throws -> WeatherTable {
  guard let file else { return .empty }
  return try parseWeather(file.bytes(), name: file.name)
}

/// Reads the airlines' names; without a file, reports show the codes.
@Task
func loadAirlines(_ file: InputFile?) throws -> NameTable {
  guard let file else { return NameTable() }
  return try parseAirlines(file.bytes(), name: file.name)
}

/// Reads the airports' names; without a file, reports show the codes.
@Task
func loadAirports(_ file: InputFile?) throws -> NameTable {
  guard let file else { return NameTable() }
  return try parseAirports(file.bytes(), name: file.name)
}
