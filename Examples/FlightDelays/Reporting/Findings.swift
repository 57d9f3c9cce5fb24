import Millrace

/// The finding in one sentence with numbers, for the report's heading.
@Tracked
func headline(_ test: Evaluation) -> String {
  guard let safest = test.calibration.first, let riskiest = test.calibration.last,
    test.calibration.count >= 5
  else {
    return "The model puts a late flight above a punctual one "
      + "\(percent(test.areaUnderCurve)) of the time"
  }
  let share = test.calibration.count == 10 ? "tenth" : "group"
  return "An hour before departure, the riskiest \(share) of flights can be named: "
    + "\(percent(riskiest.observed)) of it arrived late, against "
    + "\(percent(safest.observed)) of the safest \(share)"
}

/// What the figures amount to, in two or three sentences.
@Tracked
func verdict(_ test: Evaluation) -> String {
  let area = test.areaUnderCurve
  let strength: String
  if let errors = test.errors, area - 1.96 * errors.areaUnderCurve <= 0.5 {
    strength = "which chance might give as well"
  } else if area < 0.55 {
    strength = "hardly better than a coin"
  } else if area < 0.65 {
    strength = "a little better than a coin"
  } else if area < 0.8 {
    strength = "clearly better than a coin, far from certainty"
  } else {
    strength = "well"
  }
  let right = "right for \(percent(test.accuracy, 1)) of the flights"
  let usual = "calling every flight \(test.lateShare < 0.5 ? "punctual" : "late")"
  let base = percent(test.baseAccuracy, 1)
  let comparison =
    test.accuracy > test.baseAccuracy + 0.0005
    ? "\(right), against \(base) for \(usual)" : "\(right); \(usual) gives \(base)"
  // Two standard errors: what lies within them, other days could undo.
  var caution = ""
  if let errors = test.errors,
    (test.accuracy - test.baseAccuracy).magnitude <= 2 * errors.accuracyGain
  {
    caution = ", too close for \(counted(test.days, "day")) to settle"
  }
  return "Of a late and a punctual flight, the model gives the late one the higher risk "
    + "\(percent(area)) of the time (the AUC): \(strength). As a plain yes or no it is "
    + comparison + caution + "."
}

/// The final figures in a few lines of plain text, for a terminal.
@Task
func summary(_ choice: Choice, _ test: Evaluation) -> String {
  let settings = choice.model.settings
  return """
    chosen of \(choice.candidates.count): learning rate \(short(settings.learningRate)), \
    penalty \(short(settings.penalty))
    test: \(counted(test.flights, "flight")) on \(counted(test.days, "day")), \
    \(percent(test.lateShare, 1)) late
    AUC \(fixed(test.areaUnderCurve, 3)) (chance 0.500\(areaError(test)))
    accuracy \(percent(test.accuracy, 1)) (base rate \(percent(test.baseAccuracy, 1)))
    log loss \(fixed(test.logLoss, 4)) (base rate \(fixed(test.baseLogLoss, 4))), \
    Brier score \(fixed(test.brier, 4))
    """
}

/// The area's standard error in words, or nothing where it is not known.
@Tracked
private func areaError(_ test: Evaluation) -> String {
  test.errors.map { ", standard error by days " + fixed($0.areaUnderCurve, 3) } ?? ""
}

/// The area's 95 % interval over days, or nil where it is not known.
@Tracked
func areaInterval(_ test: Evaluation) -> (low: String, high: String)? {
  test.errors.map { errors in
    (
      low: fixed(max(0, test.areaUnderCurve - 1.96 * errors.areaUnderCurve), 2),
      high: fixed(min(1, test.areaUnderCurve + 1.96 * errors.areaUnderCurve), 2)
    )
  }
}

/// The time that the data spans: `January–February 2013`.
@Tracked
func period(from firstDay: Int32, to lastDay: Int32) -> String {
  let first = date(ofCivilDay: firstDay)
  let last = date(ofCivilDay: lastDay)
  let lastName = "\(monthNames[last.month - 1]) \(last.year)"
  if first.year != last.year {
    return "\(monthNames[first.month - 1]) \(first.year) to \(lastName)"
  }
  return first.month == last.month
    ? lastName : "\(monthNames[first.month - 1])–\(lastName)"
}
