import Millrace

/// How well predictions agree with what happened.
@Tracked
struct Evaluation: Codable, Sendable, Equatable {
  var part: Part
  var flights: Int
  var late: Int
  var days: Int
  /// The share of flights for which "late" was said (risk of one half or more) and true, or
  /// "punctual" was said and true.
  var accuracy: Double
  /// The area under the ROC curve; 0.5 is chance, 1 perfect.
  var areaUnderCurve: Double
  /// The mean of −ln of the probability given to what happened; lower is better.
  var logLoss: Double
  /// The mean squared difference of probability and outcome; lower is better.
  var brier: Double
  /// The log loss of giving each flight the late share of the training part.
  var baseLogLoss: Double
  /// How far the figures would move with other days; nil for fewer than two days.
  var errors: DayErrors?
  var curve: ROCCurve
  var calibration: [CalibrationBin]

  /// The share of late flights.
  var lateShare: Double { flights == 0 ? 0 : Double(late) / Double(flights) }

  /// The base rate: the accuracy of saying for every flight what most flights did.
  var baseAccuracy: Double { max(lateShare, 1 - lateShare) }
}

/// Compares a model's predictions for a part with what happened.
///
/// - Throws: ``DataError`` if the part is empty, or if the table has other features than the model.
@Task
func evaluate(
  _ model: Model, _ table: FeatureTable, _ split: Split, on part: Part
) throws -> Evaluation {
  let rows = split[part]
  guard !rows.isEmpty else {
    throw DataError("the \(part.rawValue) part is empty; give data of at least nine days")
  }
  let isLate = rows.map { table.isLate(Int($0)) }
  let trainingLate = split.training.count { table.isLate(Int($0)) }
  return evaluation(
    of: try predict(model, table, rows: rows), isLate: isLate, part: part,
    days: table.day.selecting(rows),
    trainingLateShare: Double(trainingLate) / Double(max(split.training.count, 1)))
}

/// Compares predictions with outcomes; both and the days have one element per flight, at least one.
@Tracked
func evaluation(
  of predictions: [Double], isLate: [Bool], part: Part, days: [Int32], trainingLateShare: Double
) -> Evaluation {
  let ranking = Ranking(predictions, isLate: isLate)
  var correct = 0
  var losses = 0.0
  var squares = 0.0
  var baseLosses = 0.0
  for (probability, late) in zip(predictions, isLate) {
    if (probability >= 0.5) == late { correct += 1 }
    losses += logLoss(probability, late: late)
    baseLosses += logLoss(trainingLateShare, late: late)
    let error = probability - (late ? 1 : 0)
    squares += error * error
  }
  let count = Double(predictions.count)
  return Evaluation(
    part: part, flights: predictions.count, late: isLate.count { $0 }, days: Set(days).count,
    accuracy: Double(correct) / count, areaUnderCurve: ranking.areaUnderCurve,
    logLoss: losses / count, brier: squares / count, baseLogLoss: baseLosses / count,
    errors: dayErrors(predictions, isLate: isLate, days: days),
    curve: ranking.curve(points: 120),
    calibration: calibrationBins(predictions, isLate: isLate, count: 10))
}
