import Millrace

/// Flights of similar predicted risk, and how many of them were late.
@Tracked
struct CalibrationBin: Codable, Sendable, Equatable {
  var flights: Int
  var late: Int
  /// The mean predicted probability.
  var predicted: Double

  /// The share that was late.
  var observed: Double { Double(late) / Double(flights) }
}

/// Between which shares the true one lies with 95 % confidence, if `count` cases are independent
/// and `hits` of them showed it.
///
/// - SeeAlso: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
///   doi:10.1080/01621459.1927.10502953.
@Tracked
func wilsonInterval(_ hits: Int, of count: Int) -> ClosedRange<Double> {
  guard count > 0 else { return 0...1 }
  let z = 1.96
  let n = Double(count)
  let p = Double(hits) / n
  let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
  return max(0, centre - half)...min(1, centre + half)
}

/// Cuts predictions into bins of like size, from the lowest risk to the highest.
///
/// Equal predictions stay in one bin, so there may be fewer bins than asked for.
///
/// - Returns: Bins with at least one flight each; none for no predictions.
@Tracked
func calibrationBins(
  _ predictions: [Double], isLate: [Bool], count: Int
) -> [CalibrationBin] {
  let order = predictions.indices.sorted { predictions[$0] < predictions[$1] }
  var bins: [CalibrationBin] = []
  var current = CalibrationBin(flights: 0, late: 0, predicted: 0)
  for (place, index) in order.enumerated() {
    current.flights += 1
    current.late += isLate[index] ? 1 : 0
    current.predicted += predictions[index]
    let isLast = place == order.count - 1
    let full = (place + 1) * count / order.count > bins.count
    if isLast || (full && predictions[order[place + 1]] != predictions[index]) {
      current.predicted /= Double(current.flights)
      bins.append(current)
      current = CalibrationBin(flights: 0, late: 0, predicted: 0)
    }
  }
  return bins
}
