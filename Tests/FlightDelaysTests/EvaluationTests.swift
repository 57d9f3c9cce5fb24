import Testing

@testable import FlightDelays

@Suite struct RankingTests {
  @Test(
    arguments: [
      ([0.1, 0.4, 0.35, 0.8], [false, false, true, true], 0.75),
      ([0.9, 0.8, 0.2, 0.1], [true, true, false, false], 1),
      ([0.9, 0.8, 0.2, 0.1], [false, false, true, true], 0),
      ([0.5, 0.5, 0.5, 0.5], [true, false, true, false], 0.5),
      ([0.5, 0.5, 0.7], [true, false, false], 0.25),  // half a win of two pairs
      ([0.3, 0.3, 0.3, 0.6], [true, false, false, true], 0.75),  // (½ + ½ + 1 + 1) / 4
      ([0.2, 0.4], [true, true], 0.5),
      ([], [], 0.5),
    ] as [([Double], [Bool], Double)])
  func `the area under the curve counts won pairs, ties by half`(
    _ predictions: [Double], _ isLate: [Bool], _ area: Double
  ) {
    #expect(Ranking(predictions, isLate: isLate).areaUnderCurve == area)
  }

  @Test func `the area agrees with counting every pair`() {
    var random = RandomNumbers(seed: 9)
    let predictions = (0..<300).map { _ in Double(random.next(below: 40)) / 40 }
    let isLate = (0..<300).map { _ in random.next(below: 3) == 0 }
    var won = 0.0
    var pairs = 0.0
    for a in 0..<300 where isLate[a] {
      for b in 0..<300 where !isLate[b] {
        pairs += 1
        won += predictions[a] > predictions[b] ? 1 : predictions[a] == predictions[b] ? 0.5 : 0
      }
    }
    let ranking = Ranking(predictions, isLate: isLate)
    #expect(abs(ranking.areaUnderCurve - won / pairs) < 1e-12)

    // With every tie as a point, the trapezes under the curve are the same area.
    let curve = ranking.curve(points: 300)
    var area = 0.0
    for index in 1..<curve.found.count {
      area +=
        (curve.falseAlarms[index] - curve.falseAlarms[index - 1])
        * (curve.found[index] + curve.found[index - 1]) / 2
    }
    #expect(abs(area - won / pairs) < 1e-12)
  }

  @Test func `the curve runs from corner to corner and is thinned`() {
    let predictions = (0..<5000).map { Double($0) / 5000 }
    let curve = Ranking(predictions, isLate: predictions.map { $0 > 0.7 }).curve(points: 50)
    #expect(curve.found.first == 0)
    #expect(curve.falseAlarms.first == 0)
    #expect(curve.found.last == 1)
    #expect(curve.falseAlarms.last == 1)
    #expect((50...52).contains(curve.found.count))
  }
}

@Suite struct EvaluationMetricsTests {
  @Test func `the figures are those worked out by hand`() {
    let result = evaluation(
      of: [0.8, 0.4, 0.5, 0.2], isLate: [true, true, false, false], part: .test,
      days: [1, 1, 2, 2],
      trainingLateShare: 0.25)
    #expect(result.accuracy == 0.5)
    #expect(result.baseAccuracy == 0.5)
    #expect(result.areaUnderCurve == 0.75)
    #expect(abs(result.brier - (0.04 + 0.36 + 0.25 + 0.04) / 4) < 1e-12)
    // −(ln 0.8 + ln 0.4 + ln 0.5 + ln 0.8) / 4
    #expect(abs(result.logLoss - 0.5139313) < 1e-6)
    // −(2 ln 0.25 + 2 ln 0.75) / 4
    #expect(abs(result.baseLogLoss - 0.8369882) < 1e-6)
    #expect(result.flights == 4)
    #expect(result.late == 2)
  }

  @Test func `the base rate is the share of the more frequent kind`() {
    let result = evaluation(
      of: [0.9, 0.9, 0.1], isLate: [true, true, false], part: .test, days: [1, 1, 1],
      trainingLateShare: 0.5)
    #expect(result.baseAccuracy == 2.0 / 3)
    #expect(result.accuracy == 1)
  }

  @Test func `an empty part is an error`() throws {
    let table = try monthFeatures(flightsCSV([FlightRow(), FlightRow(arrivalDelay: 60)]))
    let split = Split(training: [0, 1], validation: [], test: [])
    let model = try train(
      table, split, encoding: fitEncoding(table, split), settings: TrainingSettings.grid[0],
      seed: 1)
    #expect(throws: DataError.self) { try evaluate(model, table, split, on: .test) }
  }
}

@Suite struct DayJackknifeTests {
  @Test func `errors are those of leaving out each day by hand`() throws {
    var random = RandomNumbers(seed: 4)
    let predictions = (0..<60).map { _ in Double(random.next(below: 12)) / 12 }
    let isLate = (0..<60).map { _ in random.next(below: 3) == 0 }
    let days = (0..<60).map { Int32($0 % 5) }
    var areas: [Double] = []
    var gains: [Double] = []
    for day in Int32(0)..<5 {
      let rows = (0..<60).filter { days[$0] != day }
      let rest = evaluation(
        of: rows.map { predictions[$0] }, isLate: rows.map { isLate[$0] }, part: .test,
        days: rows.map { days[$0] }, trainingLateShare: 0.5)
      areas.append(rest.areaUnderCurve)
      gains.append(rest.accuracy - rest.baseAccuracy)
    }
    func error(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / 5
      let squares = values.map { ($0 - mean) * ($0 - mean) }
      return (4 * squares.reduce(0, +) / 5).squareRoot()
    }
    let errors = try #require(dayErrors(predictions, isLate: isLate, days: days))
    #expect(abs(errors.areaUnderCurve - error(areas)) < 1e-12)
    #expect(abs(errors.accuracyGain - error(gains)) < 1e-12)
    #expect(errors.areaUnderCurve > 0)
  }

  @Test func `one day says nothing about how days differ`() {
    #expect(dayErrors([0.1, 0.9], isLate: [false, true], days: [3, 3]) == nil)
  }
}

@Suite struct CalibrationTests {
  @Test func `bins are of like size and in order of risk`() {
    let predictions = (0..<100).map { Double(($0 * 37) % 100) / 100 }
    let bins = calibrationBins(predictions, isLate: predictions.map { $0 >= 0.5 }, count: 10)
    #expect(bins.map(\.flights) == [Int](repeating: 10, count: 10))
    #expect(bins.map(\.late) == [0, 0, 0, 0, 0, 10, 10, 10, 10, 10])
    #expect(abs(bins[3].predicted - 0.345) < 1e-12)
    #expect(bins[7].observed == 1)
  }

  @Test func `equal predictions stay together`() {
    let bins = calibrationBins(
      [0.2, 0.2, 0.2, 0.2, 0.2, 0.9], isLate: [true, false, false, false, false, true], count: 3)
    #expect(
      bins == [
        CalibrationBin(flights: 5, late: 1, predicted: 0.2),
        CalibrationBin(flights: 1, late: 1, predicted: 0.9),
      ])
  }

  @Test func `no predictions give no bins`() {
    #expect(calibrationBins([], isLate: [], count: 10).isEmpty)
  }

  @Test(arguments: [(5, 10, 0.2366, 0.7634), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1)])
  func `intervals are Wilson's`(_ hits: Int, _ count: Int, _ low: Double, _ high: Double) {
    let interval = wilsonInterval(hits, of: count)
    #expect(abs(interval.lowerBound - low) < 1e-3)
    #expect(abs(interval.upperBound - high) < 1e-3)
  }
}

@Suite struct ChoiceTests {
  private func model(_ rate: Double) -> Model {
    Model(
      settings: TrainingSettings(learningRate: rate, penalty: 0),
      encoding: FeatureEncoding(numeric: [], categories: []), bias: rate, weights: [],
      trainingLoss: [0.5])
  }

  private func evaluation(_ loss: Double, part: Part = .validation) -> Evaluation {
    Evaluation(
      part: part, flights: 1, late: 0, days: 1, accuracy: 1, areaUnderCurve: 0.5, logLoss: loss,
      brier: 0, baseLogLoss: 1, errors: nil, curve: ROCCurve(falseAlarms: [], found: []),
      calibration: [])
  }

  @Test func `the lowest loss wins, the first of equals, never one that is no number`() throws {
    let models = [0.1, 0.2, 0.3, 0.4].map(model)
    let choice = try choose(models, [.nan, 0.5, 0.4, 0.4].map { evaluation($0) })
    #expect(choice.best == 2)
    #expect(choice.model == models[2])
    #expect(choice.candidates.map(\.settings.learningRate) == [0.1, 0.2, 0.3, 0.4])
  }

  @Test func `there must be a model with a loss, judged on the validation part`() {
    #expect(throws: DataError.self) { try choose([], []) }
    #expect(throws: DataError.self) { try choose([model(1)], []) }
    #expect(throws: DataError.self) { try choose([model(1)], [evaluation(.nan)]) }
    #expect(throws: DataError.self) { try choose([model(1)], [evaluation(0.4, part: .test)]) }
  }
}
