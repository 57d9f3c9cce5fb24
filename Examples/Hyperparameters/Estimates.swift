import Millrace

/// A mean with its standard error.
@Tracked
struct Estimate: Codable, Sendable, Equatable {
  var mean: Double
  var standardError: Double
}

/// The mean of some values, taken for independent ones.
@Tracked
func estimate(_ values: [Double]) -> Estimate {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return Estimate(
    mean: mean, standardError: count > 1 ? (squares / (count - 1) / count).squareRoot() : .nan)
}

/// The root mean square of errors, with the standard error that comes from leaving out a day at a time.
///
/// Hours of a day are wrong together, so that days are what counts as independent.
@Tracked
func estimateByDays(_ errors: [(day: Int, error: Double)]) -> Estimate {
  let days = Dictionary(grouping: errors, by: \.day).mapValues { $0.map(\.error) }
  let without = days.keys.sorted().map { day in
    rootMeanSquare(errors.lazy.filter { $0.day != day }.map(\.error))
  }
  let spread = estimate(without).standardError
  return Estimate(
    mean: rootMeanSquare(errors.map(\.error)),
    standardError: spread * Double(days.count - 1))
}

@Tracked
func rootMeanSquare(_ errors: some Sequence<Double>) -> Double {
  var (sum, count) = (0.0, 0.0)
  for error in errors { (sum, count) = (sum + error * error, count + 1) }
  return (sum / count).squareRoot()
}

/// How well a setting does on days that it has not seen.
@Tracked
struct Score: Codable, Sendable, Equatable {
  var settings: Settings
  /// The root mean square error in °F, over the folds.
  var error: Estimate
}

/// The best of a search, with all that was tried.
@Tracked
struct Choice: Codable, Sendable, Equatable {
  var best: Settings
  var scores: [Score]
}

/// Errors on the held-out days, in °F.
@Tracked
struct TestResult: Codable, Sendable, Equatable {
  var hours: Int
  var days: Int
  var model: Estimate
  var persistence: Estimate
  var climatology: Estimate
}
