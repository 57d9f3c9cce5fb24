import Millrace

/// Standard errors that treat whole days as the cases.
///
/// Flights of one day are late together, so an error that took them for independent would be too
/// small.
struct DayErrors: Codable, Sendable, Equatable {
  /// The standard error of the area under the ROC curve.
  var areaUnderCurve: Double
  /// The standard error of the accuracy's lead over the base rate.
  var accuracyGain: Double
}

/// Estimates errors by leaving out one day after the other.
///
/// - Parameters:
///   - predictions: The risks given.
///   - isLate: What happened, one element for each.
///   - days: The flights' days, one element for each.
/// - Returns: nil for fewer than two days, which say nothing about how days differ.
/// - Complexity: O(*n* log *n* + *d* *n*) for *n* flights on *d* days.
/// - SeeAlso: B. Efron, C. Stein, "The Jackknife Estimate of Variance",
///   doi:10.1214/aos/1176345462.
@Tracked
func dayErrors(_ predictions: [Double], isLate: [Bool], days: [Int32]) -> DayErrors? {
  let distinct = Set(days).sorted()
  guard distinct.count > 1 else { return nil }
  let order = predictions.indices.sorted { predictions[$0] > predictions[$1] }
  let ranked = order.map { predictions[$0] }
  let rankedLate = order.map { isLate[$0] }
  let rankedDays = order.map { days[$0] }

  var areas: [Double] = []
  var gains: [Double] = []
  for day in distinct {
    let sums = sums(ranked, rankedLate, rankedDays, without: day)
    areas.append(sums.area)
    gains.append(sums.gain)
  }
  return DayErrors(
    areaUnderCurve: jackknifeError(areas), accuracyGain: jackknifeError(gains))
}

/// The area under the curve, and the accuracy's lead over the base rate, without one day; the
/// predictions are ranked.
@Tracked
private func sums(
  _ predictions: [Double], _ isLate: [Bool], _ days: [Int32], without day: Int32
) -> (area: Double, gain: Double) {
  var late = 0
  var punctual = 0
  var correct = 0
  var twiceWon = 0
  var lateBelow = 0
  var lateInTie = 0
  var last = Double.nan
  predictions.withUnsafeBufferPointer { predictions in
    isLate.withUnsafeBufferPointer { isLate in
      days.withUnsafeBufferPointer { days in
        // From the lowest risk upward, each tie's late flights win against the punctual ones below
        // it, and by half against those in it.
        var row = predictions.count - 1
        var punctualBelow = 0
        var punctualInTie = 0
        while row >= 0 {
          defer { row -= 1 }
          if days[row] == day { continue }
          if predictions[row] != last {
            twiceWon += lateInTie * (2 * punctualBelow + punctualInTie)
            punctualBelow += punctualInTie
            lateBelow += lateInTie
            lateInTie = 0
            punctualInTie = 0
            last = predictions[row]
          }
          if isLate[row] { lateInTie += 1 } else { punctualInTie += 1 }
          if (predictions[row] >= 0.5) == isLate[row] { correct += 1 }
        }
        twiceWon += lateInTie * (2 * punctualBelow + punctualInTie)
        late = lateBelow + lateInTie
        punctual = punctualBelow + punctualInTie
      }
    }
  }
  let count = Double(late + punctual)
  return (
    area: late > 0 && punctual > 0
      ? Double(twiceWon) / (2 * Double(late) * Double(punctual)) : 0.5,
    gain: count > 0 ? (Double(correct) - Double(max(late, punctual))) / count : 0
  )
}

@Tracked
private func jackknifeError(_ values: [Double]) -> Double {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return ((count - 1) / count * squares).squareRoot()
}
