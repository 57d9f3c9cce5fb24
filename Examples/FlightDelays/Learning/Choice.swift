import Millrace

/// The model chosen out of a grid, with what it was chosen from.
struct Choice: Codable, Sendable, Equatable {
  /// One tried setting.
  struct Candidate: Codable, Sendable, Equatable {
    var settings: TrainingSettings
    /// The mean log loss over the training part.
    var trainingLoss: Double
    /// The figures on the validation part.
    var logLoss: Double
    var areaUnderCurve: Double
    var accuracy: Double
  }

  /// In the order of the grid.
  var candidates: [Candidate]
  /// The position of the chosen one.
  var best: Int
  var model: Model
}

/// Chooses the model with the lowest log loss on the validation part; of equals the first.
///
/// The log loss judges the probabilities themselves, which the report shows; accuracy would judge
/// only on which side of one half they lie.
///
/// - Parameters:
///   - models: The models of the grid.
///   - evaluations: One per model, on the validation part.
/// - Throws: ``DataError`` if there is no model or not one evaluation for each, if an evaluation is
///   of another part, or if every model's loss is not a number.
@Task
func choose(_ models: [Model], _ evaluations: [Evaluation]) throws -> Choice {
  guard !models.isEmpty, models.count == evaluations.count else {
    throw DataError(
      "cannot choose from \(models.count) models with \(evaluations.count) evaluations; give at "
        + "least one model and one evaluation for each")
  }
  guard evaluations.allSatisfy({ $0.part == .validation }) else {
    throw DataError("models must be chosen on the validation part, or the test would be no test")
  }
  var best: Int?
  for (index, evaluation) in evaluations.enumerated() where evaluation.logLoss.isFinite {
    if let leader = best, evaluations[leader].logLoss <= evaluation.logLoss { continue }
    best = index
  }
  guard let best else {
    throw DataError("no training came to an end; try lower learning rates")
  }
  let candidates = zip(models, evaluations).map { model, evaluation in
    Choice.Candidate(
      settings: model.settings, trainingLoss: model.trainingLoss.last ?? .nan,
      logLoss: evaluation.logLoss, areaUnderCurve: evaluation.areaUnderCurve,
      accuracy: evaluation.accuracy)
  }
  return Choice(candidates: candidates, best: best, model: models[best])
}
