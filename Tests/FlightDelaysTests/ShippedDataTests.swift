import Foundation
import Testing

@testable import FlightDelays

/// The months that lie beside the example.
@Suite struct ShippedDataTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Examples/FlightDelays/Data")

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
  }

  private func month(_ name: String) throws -> FeatureTable {
    try monthFeatures(bytes("flights-\(name).csv"), weather: bytes("weather-\(name).csv"))
  }

  @Test func `the example is honestly better than chance on days it has not seen`() throws {
    let table = try merge([month("2013-01"), month("2013-02")])
    #expect(
      table.months.map(\.cleaning) == [
        CleaningSummary(name: "flights.csv", read: 27_004, cancelled: 521, unrecorded: 85),
        CleaningSummary(name: "flights.csv", read: 24_951, cancelled: 1261, unrecorded: 79),
      ])
    #expect(table.months.map(\.weatherMissing) == [0, 0])

    let split = split(table, seed: 2013)
    let model = try train(
      table, split, encoding: fitEncoding(table, split),
      settings: TrainingSettings(learningRate: 0.1, penalty: 0.003), seed: 2013)
    let test = try evaluate(model, table, split, on: .test)
    #expect(test.flights == 9818)
    #expect((0.70...0.73).contains(test.areaUnderCurve))
    #expect(test.accuracy > test.baseAccuracy)
    #expect(test.logLoss < test.baseLogLoss - 0.03)
  }

  @Test func `names are there for every airline and every origin`() throws {
    let airlines = try parseAirlines(bytes("airlines.csv"), name: "airlines.csv")
    let airports = try parseAirports(bytes("airports.csv"), name: "airports.csv")
    let flights = try parseFlights(bytes("flights-2013-01.csv"), name: "flights-2013-01.csv")
    #expect(flights.carrier.names.allSatisfy { airlines.codes.contains($0) })
    #expect(flights.origin.names.allSatisfy { airports.codes.contains($0) })
  }
}
