import Foundation
import Millrace
import MillraceTesting
import Testing

@testable import FlightDelays

/// The pipeline as a whole, on the shipped data, in folders of its own.
@Suite struct PipelineTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "flight-delays-\(UUID().uuidString)")

  private static let data = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent()
    .appending(path: "../../Examples/FlightDelays/Data").standardized

  private func add(_ files: String...) throws {
    let input = folder.appending(path: "input")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    for file in files {
      try FileManager.default.copyItem(
        at: Self.data.appending(path: file), to: input.appending(path: file))
    }
  }

  private func run(on backend: any Backend, in store: ArtifactStore) async throws -> RunResult {
    var pipeline = FlightDelays()
    pipeline.input = folder.appending(path: "input").path
    pipeline.splitSeed = 2013
    var options = RunOptions()
    options.exportFolder = folder.path
    let result = try await pipeline.run(on: backend, in: store, options: options).get()
    #expect(result.encodes == result.executed)
    return result
  }

  @Test func `adding February runs only what depends on it, and backends write the same report`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    var reports: [String] = []
    for backend in [LocalBackend() as any Backend, DispatchBackend(width: 2)] {
      reports.append(try await report(of: backend))
      try FileManager.default.removeItem(at: folder)
    }
    #expect(reports[0] == reports[1])
    // AUC is computed by `evaluate`, whose own tests check it by hand. It is of days not trained on.
    let area = try #require(reports[0].firstMatch(of: /AUC[^0-9]*0\.([0-9]+)/))
    #expect(Double("0.\(area.1)")! > 0.6)
  }

  /// Runs January, then February as well, then nothing.
  private func report(of backend: any Backend) async throws -> String {
    let store = try ArtifactStore.open(at: folder.appending(path: "store").path)
    try add("airlines.csv", "airports.csv", "flights-2013-01.csv", "weather-2013-01.csv")
    let january = try await run(on: backend, in: store)
    #expect(january.executed == january.nodes)
    let report = folder.appending(path: "report.html")
    let first = try String(contentsOf: report, encoding: .utf8)
    #expect(first.contains("January"))

    try add("flights-2013-02.csv", "weather-2013-02.csv")
    let both = try await run(on: backend, in: store)
    let again = Set(both.executedNames)
    for task in ["loadFlights", "loadWeather", "clean", "join", "departures", "features"] {
      #expect(again.contains("\(task)[2013-02]"))
      #expect(both.hitNames.contains("\(task)[2013-01]"))
    }
    // Listing the folder is what noticed the new file; the names' files are the same as before.
    #expect(again.isSuperset(of: ["listMonths", "airlines.csv", "merge", "split", "report"]))
    #expect(both.hitNames.contains("loadAirlines") && both.hitNames.contains("loadAirports"))
    let second = try String(contentsOf: report, encoding: .utf8)
    #expect(second != first)

    let third = try await run(on: backend, in: store)
    #expect(third.executed == 0 && third.hits == third.nodes)

    try FileManager.default.removeItem(at: report)
    let fourth = try await run(on: backend, in: store)
    #expect(fourth.executed == 0 && fourth.exports == [report.path])
    #expect(FileManager.default.fileExists(atPath: report.path))
    return second
  }
}
