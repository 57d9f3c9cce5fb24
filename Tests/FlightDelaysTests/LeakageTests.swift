import Testing

@testable import FlightDelays

/// Features may hold only what is known one hour before the scheduled departure.
@Suite struct LeakageTests {
  private let rows = syntheticFlights(days: 3, perDay: 150)

  @Test(arguments: [0, 77, 200, 449])
  func `a flight's own fate is not in its features`(_ index: Int) throws {
    let before = try monthFeatures(flightsCSV(rows))
    var changed = rows
    changed[index].departureDelay = 400
    changed[index].arrivalDelay = 430
    let after = try monthFeatures(flightsCSV(changed))
    changed[index].departureDelay = -300
    changed[index].arrivalDelay = -100
    let early = try monthFeatures(flightsCSV(changed))
    #expect(featureRow(before, index) == featureRow(after, index))
    #expect(featureRow(before, index) == featureRow(early, index))
    #expect(after.isLate(index))
    #expect(!early.isLate(index))
  }

  @Test(arguments: [5, 77, 200, 449])
  func `what happens after the cut-off is not in a flight's features`(_ index: Int) throws {
    func minute(_ row: FlightRow) -> Int { (24 * row.day + row.hour) * 60 + row.minute }
    let cutoff = minute(rows[index]) - 60
    var changed = rows
    for other in rows.indices where other != index {
      let left = minute(rows[other]) + (rows[other].departureDelay ?? 0)
      guard left >= cutoff else { continue }
      // Later still, or never; a diverted flight has no arrival delay.
      changed[other].departureDelay = other % 3 == 0 ? nil : left - minute(rows[other]) + 200
      changed[other].arrivalDelay = other % 2 == 0 ? 500 : changed[other].arrivalDelay
    }
    let before = try monthFeatures(flightsCSV(rows))
    let after = try monthFeatures(flightsCSV(changed))
    let kept = changed.indices.filter { changed[$0].departureDelay != nil }
    let place = try #require(kept.firstIndex(of: index))
    #expect(featureRow(before, index) == featureRow(after, place))
  }

  @Test func `what happened before the cut-off is in a flight's features`() throws {
    let flight = FlightRow(hour: 12)
    let calm = try monthFeatures(flightsCSV([FlightRow(hour: 10, departureDelay: 5), flight]))
    let rough = try monthFeatures(flightsCSV([FlightRow(hour: 10, departureDelay: 35), flight]))
    #expect(featureRow(calm, 1) != featureRow(rough, 1))
  }

  @Test func `a later diversion does not take a departure off the board`() throws {
    let flight = FlightRow(hour: 12)
    let other = FlightRow(hour: 10, departureDelay: 35)
    var diverted = other
    diverted.arrivalDelay = nil
    let before = try monthFeatures(flightsCSV([other, flight]))
    let after = try monthFeatures(flightsCSV([diverted, flight]))
    #expect(featureRow(before, 1) == featureRow(after, 0))
  }

  @Test func `weather after the scheduled hour is not in a flight's features`() throws {
    let flights = flightsCSV([FlightRow(hour: 12)])
    let before = try monthFeatures(
      flights, weather: weatherCSV([("JFK", 1, 12, 30), ("JFK", 1, 13, 31)]))
    let after = try monthFeatures(
      flights, weather: weatherCSV([("JFK", 1, 12, 30), ("JFK", 1, 13, 99)]))
    #expect(featureRow(before, 0) == featureRow(after, 0))
    #expect(featureRow(before, 0)["weather.temperature"] == "30.0")
  }

  @Test func `every feature is described and every description has its feature`() throws {
    let table = try monthFeatures(flightsCSV([FlightRow()]))
    let ids = table.numeric.map(\.id) + table.categories.map(\.id)
    #expect(Set(ids) == Set(FeatureDescription.all.map(\.id)))
    #expect(ids.count == FeatureDescription.all.count)
    #expect(FeatureDescription.all.allSatisfy { !$0.knownBecause.isEmpty })
  }
}
