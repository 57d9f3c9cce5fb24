import Foundation
import Millrace

/// A linear model of the temperature some hours ahead, trained by least squares with a penalty on the weights.
///
/// It sees the last hours' temperatures, and at which time of day it is asked for.
@Tracked
struct Model: Sendable {
  private let settings: Settings
  private let ahead: Int
  private var means: [Double]
  private var scales: [Double]
  private var weights: [Double]
  private var intercept: Double

  /// Trains on hours of a series: solves (*ZᵀZ* + penalty · 1) *w* = *Zᵀy* for the features *Z*, which are
  /// brought to mean 0 and deviation 1.
  ///
  /// - Complexity: O(*n* · *k*²) for *n* hours and *k* features.
  init(_ settings: Settings, ahead: Int, learning hours: [Int], of series: Series) {
    self.settings = settings
    self.ahead = ahead
    let rows = hours.map { Self.features(settings, series, hour: $0, ahead: ahead) }
    let (count, width) = (Double(rows.count), settings.history + 2 * settings.waves)
    let mean = hours.reduce(0) { $0 + series[$1] } / count
    let means = (0..<width).map { k in rows.reduce(0) { $0 + $1[k] } / count }
    let scales = (0..<width).map { k in
      let variance = rows.reduce(0) { $0 + ($1[k] - means[k]) * ($1[k] - means[k]) } / count
      return variance > 0 ? variance.squareRoot() : 1
    }

    var matrix = [Double](repeating: 0, count: width * width)
    var right = [Double](repeating: 0, count: width)
    for (row, hour) in zip(rows, hours) {
      let z = (0..<width).map { (row[$0] - means[$0]) / scales[$0] }
      for i in 0..<width {
        right[i] += z[i] * (series[hour] - mean)
        for j in 0...i { matrix[i * width + j] += z[i] * z[j] }
      }
    }
    for k in 0..<width { matrix[k * width + k] += settings.penalty }
    (self.means, self.scales, intercept) = (means, scales, mean)
    weights = solve(&matrix, right)
  }

  /// The temperature at an hour, as of `ahead` hours before.
  func forecast(_ hour: Int, of series: Series) -> Double {
    let row = Self.features(settings, series, hour: hour, ahead: ahead)
    return row.indices.reduce(intercept) {
      $0 + weights[$1] * (row[$1] - means[$1]) / scales[$1]
    }
  }

  private static func features(
    _ settings: Settings, _ series: Series, hour: Int, ahead: Int
  ) -> [Double] {
    let past = (0..<settings.history).map { series[hour - ahead - $0] }
    let angles = (0..<settings.waves).map { 2 * Double.pi * Double(($0 + 1) * (hour % 24)) / 24 }
    return past + angles.map(sin) + angles.map(cos)
  }
}

/// Solves a system of equations by Cholesky's decomposition, A = L·Lᵀ.
///
/// - Parameter matrix: The lower half of a positive definite matrix, row by row; L afterwards.
@Tracked
func solve(_ matrix: inout [Double], _ right: [Double]) -> [Double] {
  let width = right.count
  var solution = right
  for i in 0..<width {
    for j in 0...i {
      var sum = matrix[i * width + j]
      for k in 0..<j { sum -= matrix[i * width + k] * matrix[j * width + k] }
      matrix[i * width + j] = i == j ? sum.squareRoot() : sum / matrix[j * width + j]
    }
    for j in 0..<i { solution[i] -= matrix[i * width + j] * solution[j] }
    solution[i] /= matrix[i * width + i]
  }
  for i in (0..<width).reversed() {
    for j in (i + 1)..<width { solution[i] -= matrix[j * width + i] * solution[j] }
    solution[i] /= matrix[i * width + i]
  }
  return solution
}
