import Millrace

/// Trains without a fold and forecasts it.
///
/// Hours after the fold are learnt from only if their history does not reach into it.
///
/// - Returns: The error of each of the fold's days, in °F.
@Task
func validate(
  _ settings: Settings, on fold: Hours, of series: Series, ahead: Int
) throws -> [Double] {
  let hours = judgedHours(of: series, ahead: ahead)
  let learnt = hours.filter { $0 < fold.start || $0 - ahead - settings.history + 1 >= fold.end }
  guard !learnt.isEmpty else { throw WeatherError("too few hours of weather to learn from") }
  let model = Model(settings, ahead: ahead, learning: learnt, of: series)
  return dailyErrors(hours, in: fold, of: series) { model.forecast($0, of: series) }
}

/// Trains on the days before those held out, and judges the forecasts of these.
///
/// Two forecasts that know nothing of the model stand beside: the temperature stays as it is, and it is
/// what it was on average at that time of day.
@Task
func test(
  _ settings: Settings, on heldOut: Hours, of series: Series, ahead: Int
) -> TestResult {
  let hours = judgedHours(of: series, ahead: ahead)
  let learnt = hours.filter { $0 < heldOut.start }
  let model = Model(settings, ahead: ahead, learning: learnt, of: series)
  let usual = Dictionary(grouping: learnt) { $0 % 24 }.mapValues { hours in
    hours.reduce(0) { $0 + series[$1] } / Double(hours.count)
  }
  func error(_ forecast: (Int) -> Double) -> Estimate {
    Estimate(dailyErrors(hours, in: heldOut, of: series, forecast))
  }
  return TestResult(
    days: (heldOut.end - heldOut.start) / 24, model: error { model.forecast($0, of: series) },
    persistence: error { series[$0 - ahead] }, climatology: error { usual[$0 % 24] ?? .nan })
}

/// The hours that all settings have enough history for, so that they are judged alike.
@Tracked
func judgedHours(of series: Series, ahead: Int) -> [Int] {
  let first = series.start + ahead + Settings.longestHistory - 1
  return first < series.end ? Array(first..<series.end) : []
}

/// The root mean square error of each day, in order.
///
/// Hours of a day are wrong together, so days are what counts as independent.
@Tracked
func dailyErrors(
  _ hours: [Int], in range: Hours, of series: Series, _ forecast: (Int) -> Double
) -> [Double] {
  let judged = hours.filter { range.start <= $0 && $0 < range.end }
  return Dictionary(grouping: judged) { $0 / 24 }.sorted { $0.key < $1.key }.map { _, hours in
    let squares = hours.map { (forecast($0) - series[$0]) * (forecast($0) - series[$0]) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }
}

/// A mean with its standard error.
@Tracked
struct Estimate: Codable, Sendable, Equatable {
  var mean: Double
  var standardError: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = (squares / (count - 1) / count).squareRoot()
  }
}

/// A setting's error over the days of all folds.
@Task
func score(_ settings: Settings, _ errors: [[Double]]) -> Score {
  Score(settings: settings, error: Estimate(Array(errors.joined())))
}

/// How well a setting does on days that it has not seen.
@Tracked
struct Score: Codable, Sendable, Equatable {
  var settings: Settings
  /// Of a day, in °F.
  var error: Estimate
}

/// Errors of a held-out day, in °F.
@Tracked
struct TestResult: Codable, Sendable, Equatable {
  var days: Int
  var model: Estimate
  var persistence: Estimate
  var climatology: Estimate
}
