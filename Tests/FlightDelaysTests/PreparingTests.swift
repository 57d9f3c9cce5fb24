import Testing

@testable import FlightDelays

@Suite struct CleaningTests {
  @Test func `what is dropped is counted by its reason`() throws {
    let table = try parseFlights(
      flightsCSV([
        FlightRow(arrivalDelay: 5), FlightRow(departureDelay: nil, arrivalDelay: nil),
        FlightRow(departureDelay: 9, arrivalDelay: nil), FlightRow(day: 2, arrivalDelay: 7),
        FlightRow(departureDelay: nil, arrivalDelay: nil),
      ]), name: "f.csv")
    let cleaned = clean(table)
    #expect(cleaned.arrivalDelay == [5, 7])
    #expect(cleaned.day == [15_706, 15_707])
    #expect(
      cleaned.summary == CleaningSummary(name: "f.csv", read: 5, cancelled: 2, unrecorded: 1))
    #expect(cleaned.summary.kept == cleaned.count)
  }
}

@Suite struct WeatherJoinTests {
  private func joined(hour: Int, origin: String = "JFK") throws -> JoinedFlights {
    let flights = try parseFlights(
      flightsCSV([FlightRow(hour: hour, minute: 59, origin: origin)]), name: "f.csv")
    let weather = try parseWeather(
      weatherCSV([("JFK", 1, 8, 8), ("EWR", 1, 12, -1), ("JFK", 1, 13, 13)]), name: "w.csv")
    return join(clean(flights), weather)
  }

  @Test(
    arguments: [
      (8, 8.0, 0), (9, 8, 1), (11, 8, 3), (12, nil, .missing), (13, 13, 0), (7, nil, .missing),
    ] as [(Int, Double?, Int32)])
  func `the hour's reading, else one of the three hours before, never a later one`(
    _ hour: Int, _ temperature: Double?, _ age: Int32
  ) throws {
    let joined = try joined(hour: hour)
    #expect(joined.weatherAge == [age])
    #expect(joined.weather.temperature[0].isNaN == (temperature == nil))
    if let temperature { #expect(joined.weather.temperature == [temperature]) }
  }

  @Test func `another airport's weather does not count`() throws {
    #expect(try joined(hour: 12, origin: "EWR").weather.temperature == [-1])
    #expect(try joined(hour: 12, origin: "LGA").weatherAge == [.missing])
  }
}

@Suite struct DepartureBoardTests {
  @Test func `the board is sorted by airport and time, and keeps what never left`() throws {
    let table = try parseFlights(
      flightsCSV([
        FlightRow(hour: 12, departureDelay: 3, origin: "LGA"),
        FlightRow(hour: 9, departureDelay: nil, arrivalDelay: nil, carrier: "UA", origin: "EWR"),
        FlightRow(hour: 8, departureDelay: -2, origin: "LGA"),
      ]), name: "f.csv")
    let board = departures(of: table)
    let midnight: Int32 = (24 * 15_706 + 5) * 60
    #expect(board.airports == ["EWR", "LGA"])
    #expect(board.starts == [0, 1, 3])
    #expect(board.scheduled.map { ($0 - midnight) / 60 } == [9, 8, 12])
    #expect(board.departed == [.missing, midnight + 478, midnight + 723])
    #expect(board.carrier == CategoryColumn(names: ["AA", "UA"], codes: [1, 0, 0]))
  }
}

@Suite struct BoardReadingTests {
  /// The readings for a flight at 12:00, whose cut-off is 11:00, after some others.
  private func readings(_ others: [FlightRow]) throws -> BoardReadings {
    let table = try parseFlights(flightsCSV(others + [FlightRow(arrivalDelay: 0)]), name: "f.csv")
    let cleaned = clean(table)
    let all = readBoard(departures(of: table), for: cleaned)
    return BoardReadings(
      airlineDelay: Array(all.airlineDelay.suffix(1)), lateShare: Array(all.lateShare.suffix(1)),
      waitingShare: Array(all.waitingShare.suffix(1)), traffic: Array(all.traffic.suffix(1)))
  }

  @Test func `delays so far are told as they were at the cut-off`() throws {
    let result = try readings([
      FlightRow(hour: 9, departureDelay: 30),  // left at 9:30
      FlightRow(hour: 10, departureDelay: 0, carrier: "UA"),  // left at 10:00
      FlightRow(hour: 10, minute: 20, departureDelay: 300),  // waiting for 40 minutes
      FlightRow(hour: 10, minute: 50, departureDelay: nil, arrivalDelay: nil),  // for 10
    ])
    let mean: Double = (30 + 40 + 10) / 3
    #expect(result.airlineDelay == [mean])
    #expect(result.lateShare == [0.5])
    #expect(result.waitingShare == [0.5])
  }

  @Test func `flights of other airports, after the cut-off or long before do not count`() throws {
    let result = try readings([
      FlightRow(hour: 10, departureDelay: 99, origin: "EWR"),
      FlightRow(hour: 11, departureDelay: 99), FlightRow(hour: 6, minute: 59, departureDelay: 99),
    ])
    #expect(result.lateShare[0].isNaN)
    #expect(result.airlineDelay[0].isNaN)
  }

  @Test func `an airline without flights gets the mean of all`() throws {
    let result = try readings([
      FlightRow(hour: 9, departureDelay: 10, carrier: "UA"),
      FlightRow(hour: 9, departureDelay: 500, carrier: "DL"),  // waiting for 120 at 11:00
    ])
    #expect(result.airlineDelay == [65])
  }

  @Test func `traffic counts the schedule half an hour each way`() throws {
    let result = try readings([
      FlightRow(hour: 11, minute: 29), FlightRow(hour: 11, minute: 30), FlightRow(hour: 12),
      FlightRow(hour: 12, minute: 30), FlightRow(hour: 12, minute: 31),
    ])
    #expect(result.traffic == [4])
  }
}

@Suite struct FeatureTableTests {
  @Test func `months are put one after another`() throws {
    let january = try monthFeatures(flightsCSV(syntheticFlights(days: 2, perDay: 30)))
    let february = try monthFeatures(flightsCSV([FlightRow(carrier: "ZZ")], month: 2))
    let merged = try merge([january, february])
    #expect(merged.count == 61)
    #expect(merged.months == january.months + february.months)
    #expect(featureRow(merged, 17) == featureRow(january, 17))
    #expect(featureRow(merged, 60) == featureRow(february, 0))
  }

  @Test func `nothing to merge is an error`() throws {
    #expect(throws: DataError.self) { try merge([]) }
    let empty = try monthFeatures(flightsCSV([]))
    #expect(throws: DataError.self) { try merge([empty]) }
  }

  @Test func `other features are an error`() throws {
    let table = try monthFeatures(flightsCSV([FlightRow()]))
    var other = table
    other.numeric.removeLast()
    #expect(throws: DataError.self) { try merge([table, other]) }
  }
}

@Suite struct SplitTests {
  private let table: FeatureTable

  init() throws {
    table = try merge([
      monthFeatures(flightsCSV(syntheticFlights(days: 31, perDay: 10))),
      monthFeatures(flightsCSV(syntheticFlights(days: 28, perDay: 10, seed: 2), month: 2)),
    ])
  }

  @Test(arguments: [0, 1, 2013] as [UInt64])
  func `every row is in exactly one part, and every day too`(_ seed: UInt64) {
    let split = split(table, seed: seed)
    #expect((split.training + split.validation + split.test).sorted() == (0..<590).map { $0 })
    let days = Part.allCases.map { part in Set(split[part].map { table.day[Int($0)] }) }
    #expect(days[0].isDisjoint(with: days[1]))
    #expect(days[0].isDisjoint(with: days[2]))
    #expect(days[1].isDisjoint(with: days[2]))
    #expect(days.allSatisfy { $0.count >= 11 })
    #expect(days[0].count > 30)
  }

  @Test func `the seed decides`() {
    #expect(split(table, seed: 7) == split(table, seed: 7))
    #expect(split(table, seed: 7) != split(table, seed: 8))
  }

  @Test func `a further month leaves the first one's rows where they are`() throws {
    let january = try monthFeatures(flightsCSV(syntheticFlights(days: 31, perDay: 10)))
    let alone = split(january, seed: 7)
    let both = split(table, seed: 7)
    #expect(both.test.prefix { $0 < 310 } == alone.test[...])
    #expect(both.training.prefix { $0 < 310 } == alone.training[...])
  }
}
