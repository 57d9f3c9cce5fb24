import Millrace

/// Trains without a fold and forecasts it.
///
/// - Returns: The root mean square error in °F.
@Task
func validate(
  _ settings: Settings, on fold: Hours, of weather: Weather, ahead: Int
) throws -> Double {
  let model = try Forecaster(settings, of: weather, ahead: ahead, without: fold)
  return rootMeanSquare(try model.hours(in: fold).map { model.forecast($0) - weather[$0].temperature })
}

/// A setting's error over all folds.
@Task
func summarize(_ settings: Settings, _ errors: [Double]) -> Score {
  Score(settings: settings, error: estimate(errors))
}

/// Chooses the setting of the smallest error; of equals the first.
///
/// - Parameter scores: At least one.
@Task
func choose(_ scores: [Score]) throws -> Choice {
  guard let best = scores.min(by: { $0.error.mean < $1.error.mean }) else {
    throw WeatherError("there is nothing to choose from")
  }
  return Choice(best: best.settings, scores: scores)
}

/// Trains on all days that are not held out, and judges the forecasts of those that are.
///
/// Two forecasts that know nothing of the model stand beside: the temperature stays as it is, and it is
/// what it was on average at that time of day.
@Task
func test(
  _ settings: Settings, on heldOut: Hours, of weather: Weather, ahead: Int
) throws -> TestResult {
  let model = try Forecaster(settings, of: weather, ahead: ahead, without: heldOut)
  let hours = try model.hours(in: heldOut)
  let past = (weather.start..<heldOut.start).filter { weather.isMeasured(at: $0) }
  let usual = Dictionary(grouping: past) { $0 % 24 }
    .mapValues { hours in
      hours.reduce(0) { $0 + weather[$1].temperature } / Double(hours.count)
    }
  func error(_ forecast: (Int) -> Double) -> Estimate {
    estimateByDays(hours.map { ($0 / 24, forecast($0) - weather[$0].temperature) })
  }
  return TestResult(
    hours: hours.count, days: Set(hours.map { $0 / 24 }).count,
    model: error(model.forecast),
    persistence: error { weather[$0 - ahead].temperature },
    climatology: error { usual[$0 % 24] ?? .nan })
}

/// A model with what it was trained on.
@Tracked
struct Forecaster {
  private let settings: Settings
  private let weather: Weather
  private let ahead: Int
  private let model: Ridge

  /// Trains on all measured hours but those of which any reading, be it of the history or the target, is
  /// within the hours to leave out. After a held-out end there is nothing to learn from.
  init(_ settings: Settings, of weather: Weather, ahead: Int, without left: Hours) throws {
    self.settings = settings
    self.weather = weather
    self.ahead = ahead
    let hours = Self.usable(weather, ahead)
      .filter { $0 < left.start || $0 - ahead - settings.history + 1 >= left.end }
    guard !hours.isEmpty else {
      throw WeatherError("too few hours of weather to learn from")
    }
    let rows = hours.map { features(of: weather, for: $0, ahead: ahead, settings) }
    model = Ridge(rows, hours.map { weather[$0].temperature }, penalty: settings.penalty)
  }

  /// The temperature at an hour, as of `ahead` hours before.
  func forecast(_ hour: Int) -> Double {
    model.forecast(features(of: weather, for: hour, ahead: ahead, settings))
  }

  /// The hours to be judged by.
  func hours(in range: Hours) throws -> [Int] {
    let hours = Self.usable(weather, ahead).filter(range.contains)
    guard !hours.isEmpty else { throw WeatherError("too few hours of weather to judge by") }
    return hours
  }

  /// Those measured, with the longest history before them, so that all settings are judged alike.
  private static func usable(_ weather: Weather, _ ahead: Int) -> [Int] {
    let first = weather.start + ahead + Settings.longestHistory
    return first < weather.end ? (first..<weather.end).filter(weather.isMeasured(at:)) : []
  }
}
