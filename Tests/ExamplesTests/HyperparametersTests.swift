import Foundation
import Millrace
import MillraceTesting
import Testing

@testable import Hyperparameters

@Suite struct HyperparametersTests {
  @Test func `equations are solved`() {
    // The upper half is not looked at.
    var matrix: [Double] = [4, .nan, .nan, 2, 5, .nan, -2, 1, 6]
    let solution = solve(&matrix, [-2, 3, 20])
    let product = [
      4 * solution[0] + 2 * solution[1] - 2 * solution[2],
      2 * solution[0] + 5 * solution[1] + solution[2],
      -2 * solution[0] + solution[1] + 6 * solution[2],
    ]
    for (value, expected) in zip(product, [-2.0, 3, 20]) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test func `a model learns what follows a rule, and a large penalty leaves it the mean`() {
    // Each hour is twice as far from 50 as that two hours before.
    var series = Series(start: 100, temperatures: [50.1, 49.7])
    for hour in 102..<130 { series.temperatures.append(50 + 2 * (series[hour - 2] - 50)) }
    let hours = Array(102..<120)
    var settings = Settings(history: 1, waves: 1, penalty: 1e-9)
    let model = Model(settings, ahead: 2, learning: hours, of: series)
    #expect(abs(model.forecast(121, of: series) - series[121]) < 1e-4)
    settings.penalty = 1e12
    let mean = hours.reduce(0) { $0 + series[$1] } / Double(hours.count)
    let still = Model(settings, ahead: 2, learning: hours, of: series)
    #expect(abs(still.forecast(121, of: series) - mean) < 1e-4)
  }

  @Test func `an hour that is missing is as warm as the one before`() throws {
    let series = try join([[12: 3], [9: 1, 10: 2]])
    #expect(series == Series(start: 9, temperatures: [1, 2, 2, 3]))
    #expect(past(of: series, before: Hours(start: 11, end: 13)).temperatures == [1, 2])
    #expect(throws: WeatherError.self) { try join([[:], [:]]) }
  }

  @Test func `days are split as a whole, and the last fortnight is held out`() throws {
    let parts = try split(synthetic(days: 26))
    #expect(parts.heldOut == Hours(start: 24 * 112, end: 24 * 126))
    #expect(parts.folds.map { ($0.end - $0.start) / 24 } == [2, 2, 3, 2, 3])
    #expect(parts.folds.first?.start == 24 * 100 && parts.folds.last?.end == parts.heldOut.start)
    #expect(throws: WeatherError.self) { try split(synthetic(days: 23)) }
  }

  @Test func `a fold's days are judged by what was learnt of all others`() throws {
    let fold = Hours(start: 24 * 105, end: 24 * 107)
    let settings = Settings(history: 3, waves: 1, penalty: 1)
    func errors(_ series: Series) throws -> [Double] {
      try validate(settings, on: fold, of: series, ahead: 2)
    }
    let before = try errors(synthetic(days: 12))
    #expect(before.count == 2)
    // A last hour of another temperature is wrong by that alone: nothing was learnt from it.
    var series = synthetic(days: 12)
    let hours = judgedHours(of: series, ahead: 2)
    let others = hours.filter { $0 < fold.start || $0 >= fold.end + 4 }
    let model = Model(settings, ahead: 2, learning: others, of: series)
    series.temperatures[fold.end - 1 - series.start] += 30
    #expect(
      try errors(series)
        == dailyErrors(hours, in: fold, of: series) { model.forecast($0, of: series) })
    #expect(try errors(series)[1] > before[1])
  }

  @Test(
    arguments: [
      (Settings(history: 6, waves: 2, penalty: 1), [6], [2], [1]),
      (Settings(history: 12, waves: 2, penalty: 1), [12, 24], [2], [1]),
      (Settings(history: 3, waves: 3, penalty: 100), [1, 3], [3, 4], [100, 10_000]),
      (Settings(history: 6, waves: 2, penalty: 0.01), [6], [2], [0.0001, 0.01]),
    ] as [(Settings, [Int], [Int], [Double])])
  func `a grid is widened where the best lies at its edge`(
    best: Settings, history: [Int], waves: [Int], penalties: [Double]
  ) {
    let grid = Grid(history: [3, 6, 12], waves: [0, 2, 3], penalties: [0.01, 1, 100])
    let choice = Choice(best: best, scores: [])
    #expect(
      widened(grid, beyond: choice) == Grid(history: history, waves: waves, penalties: penalties))
    #expect(isAtEdge(choice, of: grid) == (history.count + waves.count + penalties.count > 3))
  }

  @Test func `beyond what the model can take is no edge, and one value has none`() {
    let grid = Grid(history: [12, 24], waves: [0, 1, 2], penalties: [1])
    let choice = Choice(best: Settings(history: 24, waves: 0, penalty: 1), scores: [])
    #expect(!isAtEdge(choice, of: grid))
  }

  @Test func `the wider search runs where the best lies at an edge, and takes what is known`()
    async throws
  {
    let folder = TemporaryFolder()
    try folder.write(csv(synthetic(days: 26)), to: "weather-2013-01.csv")
    let store = ArtifactStore.inMemory()
    var pipeline = pipeline(folder.input)
    (pipeline.history, pipeline.waves, pipeline.penalty) = ([6], [1], [1, 100])
    let edge = try await run(pipeline, in: store)
    // Of the wider search's two settings one is the coarse one's best.
    let validations = edge.result.executedNames.filter { $0.contains("validate") }
    #expect(validations.count { $0.hasPrefix("coarse/") } == 10)
    #expect(validations.count == 15)
    #expect(edge.text.contains("Beyond it:"))

    pipeline.penalty = [1]
    let inner = try await run(pipeline, in: store)
    #expect(!inner.result.executedNames.contains { $0.hasPrefix("wide/") })
    #expect(!inner.result.executedNames.contains { $0.contains("validate") })
    #expect(inner.text.contains("at no edge"))
    #expect(try await run(pipeline, in: store).result.executed == 0)
  }

  @Test func `the search cannot see the held-out days`() async throws {
    let folder = TemporaryFolder()
    try folder.write(csv(synthetic(days: 26)), to: "weather-2013-01.csv")
    let store = ArtifactStore.inMemory()
    var pipeline = pipeline(folder.input)
    (pipeline.history, pipeline.waves, pipeline.penalty) = ([6], [1], [1])
    let first = try await run(pipeline, in: store)

    var series = synthetic(days: 26)
    for hour in (24 * 112)..<series.end { series.temperatures[hour - series.start] += 5 }
    try folder.write(csv(series), to: "weather-2013-01.csv")
    let second = try await run(pipeline, in: store)
    let month = "readTemperatures[weather-2013-01.csv]"
    #expect(
      Set(second.result.executedNames)
        == ["listMonths", month, "join", "split", "past", "test", "report"])
    #expect(second.text != first.text)
  }

  @Test func `on real weather the model is better than what knows nothing`() async throws {
    let store = ArtifactStore.inMemory()
    var pipeline = pipeline(inPackage("Examples/FlightDelays/Data"))
    (pipeline.history, pipeline.waves, pipeline.penalty) = ([3, 12], [1, 3], [1, 100])
    let text = try await run(pipeline, in: store).text
    let test = try store.read("hyperparameters/test", as: TestResult.self)
    #expect(test.days == 14)
    #expect(abs(test.model.mean - 3.337) < 0.001)
    #expect(test.model.mean + 2 * test.model.standardError < test.persistence.mean)
    #expect(test.persistence.mean < test.climatology.mean)
    #expect(text.contains("3 h      3        1  3.402 ± 0.171  chosen"))
  }

  private func pipeline(_ folder: String) -> Hyperparameters {
    var pipeline = Hyperparameters()
    (pipeline.input, pipeline.airport, pipeline.ahead) = (folder, "JFK", 6)
    return pipeline
  }

  private func run(
    _ pipeline: Hyperparameters, in store: ArtifactStore
  ) async throws -> (result: RunResult, text: String) {
    let printed = EventTexts()
    var options = RunOptions()
    options.observers = [printed]
    let result = try await pipeline.run(on: .dispatch(2), in: store, options: options).get()
    return (result, printed.text)
  }
}

/// Weather that follows the sun and a slow wave, from the hundredth day of 1970.
private func synthetic(days: Int) -> Series {
  var series = Series(start: 2400)
  for hour in 2400..<2400 + 24 * days {
    let sun = 8 * sin(2 * Double.pi * Double(hour % 24) / 24)
    let wave = 10 * sin(Double(hour) / 31) + 3 * sin(Double(hour * hour % 97))
    series.temperatures.append(40 + sun + wave)
  }
  return series
}

/// The series as a file, with a reading of an airport that nobody asks for.
private func csv(_ series: Series) -> String {
  var text = "origin,temp,time_hour\nEWR,NA,nonsense\n"
  for hour in series.start..<series.end {
    let time = Date(timeIntervalSince1970: Double(hour) * 3600).formatted(.iso8601)
    text += "JFK,\(series[hour]),\(time)\n"
  }
  return text
}
