import Millrace
import Testing

@testable import FlightDelays

@Suite struct FlightTableTests {
  @Test func `a flight's columns are read`() throws {
    let rows = [
      FlightRow(
        day: 31, hour: 20, minute: 5, departureDelay: -3, arrivalDelay: 42, carrier: "UA",
        origin: "LGA", destination: "ORD", distance: 733), FlightRow(departureDelay: nil),
    ]
    let table = try parseFlights(flightsCSV(rows), name: "flights-2013-01.csv")
    #expect(table.name == "flights-2013-01.csv")
    #expect(table.day == [15_736, 15_706])
    #expect(table.hour == [20, 12])
    #expect(table.scheduled[0] == (15_737 * 24 + 1) * 60 + 5)
    #expect(table.departureDelay == [-3, .missing])
    #expect(table.arrivalDelay == [42, 0])
    #expect(table.distance == [733, 187])
    #expect(table.carrier == CategoryColumn(names: ["AA", "UA"], codes: [1, 0]))
    #expect(table.origin == CategoryColumn(names: ["JFK", "LGA"], codes: [1, 0]))
    #expect(table.destination == CategoryColumn(names: ["BOS", "ORD"], codes: [1, 0]))
  }

  @Test(arguments: [
    ("arr_delay", "line 1, column 'arr_delay': the header lacks this column"),
    ("time_hour", "line 1, column 'time_hour': the header lacks this column"),
  ])
  func `a missing column is named`(_ column: String, _ message: String) throws {
    let text = String(decoding: flightsCSV([FlightRow()]), as: UTF8.self)
    let other = Array(text.replacing(column, with: "other").utf8)
    let error = #expect(throws: DataError.self) { try parseFlights(other, name: "f.csv") }
    #expect(error?.description.hasPrefix("f.csv, " + message) == true)
  }

  @Test func `a row without an airline is refused`() {
    let bytes = flightsCSV([FlightRow(), FlightRow(carrier: "NA")])
    let error = #expect(throws: DataError.self) { try parseFlights(bytes, name: "f.csv") }
    #expect(error?.line == 3)
    #expect(error?.column == "carrier")
  }

  @Test func `a day that its month lacks is refused`() {
    let bytes = flightsCSV([FlightRow(day: 30)], month: 2)
    let error = #expect(throws: DataError.self) { try parseFlights(bytes, name: "f.csv") }
    #expect(error?.column == "day")
  }
}

@Suite struct WeatherTableTests {
  @Test func `readings are read, missing ones as no number`() throws {
    let table = try parseWeather(
      weatherCSV([("LGA", 1, 5, 39.02), ("EWR", 1, 6, 40)]), name: "w.csv")
    #expect(table.airport == CategoryColumn(names: ["EWR", "LGA"], codes: [1, 0]))
    #expect(table.hour == [376_954, 376_955])
    #expect(table.readings.temperature == [39.02, 40])
    #expect(table.readings.windGust[0].isNaN)
    #expect(table.readings.visibility == [10, 10])
  }
}

@Suite struct CategoryColumnTests {
  @Test func `names are sorted whatever comes first, long ones too`() {
    var builder = CategoryBuilder()
    for name in ["zulu", "a longer name", "a", "zulu", "", "a longer name"] {
      Array(name.utf8).withUnsafeBufferPointer { builder.append($0) }
    }
    #expect(
      builder.finished()
        == CategoryColumn(names: ["", "a", "a longer name", "zulu"], codes: [3, 2, 1, 3, 0, 2]))
  }

  @Test func `merging keeps every row's name and drops names without rows`() {
    let merged = CategoryColumn.merging([
      CategoryColumn(names: ["a", "c"], codes: [1, 0, 1]),
      CategoryColumn(names: ["b", "c", "unused"], codes: [0, 1]),
    ])
    #expect(merged == CategoryColumn(names: ["a", "b", "c"], codes: [2, 0, 2, 1, 2]))
  }
}

@Suite struct NameTableTests {
  @Test func `names are found by code, and a code without one stands for itself`() throws {
    let table = try parseAirlines(
      Array("carrier,name\nAA,\"American, Inc.\"\n".utf8), name: "airlines.csv")
    #expect(table.name(of: "AA") == "American, Inc.")
    #expect(table.name(of: "ZZ") == "ZZ")
    let airports = try parseAirports(
      Array("faa,name,lat\nJFK,John F Kennedy Intl,40.6\n".utf8), name: "airports.csv")
    #expect(airports.name(of: "JFK") == "John F Kennedy Intl")
  }
}

@Suite struct MonthsTests {
  @Test func `months come in order, each with its weather of the same folder`() throws {
    let months = try findMonths([
      "d/weather-2013-02.csv", "d/flights-2013-02.csv", "d/airlines.csv", "d/flights-2013-01.csv",
      "e/weather-2013-01.csv", "d/notes.txt", "d/flights-13-1.csv", "d/flights-2013_03.csv",
    ])
    #expect(
      months == [
        MonthFiles(name: "2013-01", flights: InputFile("d/flights-2013-01.csv"), weather: nil),
        MonthFiles(
          name: "2013-02", flights: InputFile("d/flights-2013-02.csv"),
          weather: InputFile("d/weather-2013-02.csv")),
      ])
  }

  @Test func `plain names are taken`() throws {
    #expect(
      try findMonths(["weather.csv", "flights.csv"])
        == [
          MonthFiles(
            name: "all", flights: InputFile("flights.csv"), weather: InputFile("weather.csv"))
        ])
  }

  @Test func `no flights at all is an error that says how to name them`() {
    let error = #expect(throws: DataError.self) { try findMonths(["weather.csv"]) }
    #expect(error?.description.contains("flights-2013-01.csv") == true)
  }

  @Test func `two files for one month are an error`() {
    let error = #expect(throws: DataError.self) {
      try findMonths(["b/flights-2013-01.csv", "a/flights-2013-01.csv"])
    }
    #expect(error?.description.contains("a/flights-2013-01.csv and b/flights") == true)
  }

  @Test func `a file is found by its name`() {
    #expect(findFile("airlines.csv", in: ["b/airlines.csv", "a/airlines.csv"]) == "a/airlines.csv")
    #expect(findFile("airlines.csv", in: ["my-airlines.csv"]) == nil)
  }
}
