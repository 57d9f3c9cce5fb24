import Foundation
import Millrace

/// A linear model of standardized features, trained by least squares with a penalty on the weights.
@Tracked
struct Ridge: Sendable {
  private var means: [Double]
  private var scales: [Double]
  private var weights: [Double]
  private var intercept: Double

  /// Solves the normal equations (*ZᵀZ* + penalty · 1) *w* = *Zᵀy*, where *Z* has mean 0 and deviation 1.
  ///
  /// - Parameter rows: At least one; all as long as the first.
  /// - Complexity: O(*n* · *k*²) for *n* rows of *k* features.
  init(_ rows: [[Double]], _ targets: [Double], penalty: Double) {
    let (count, width) = (Double(rows.count), rows[0].count)
    var means = [Double](repeating: 0, count: width)
    for row in rows { for k in 0..<width { means[k] += row[k] / count } }
    var scales = [Double](repeating: 0, count: width)
    for row in rows { for k in 0..<width { scales[k] += (row[k] - means[k]) * (row[k] - means[k]) } }
    scales = scales.map { $0 > 0 ? ($0 / count).squareRoot() : 1 }
    let intercept = targets.reduce(0, +) / count

    var matrix = [Double](repeating: 0, count: width * width)
    var right = [Double](repeating: 0, count: width)
    var z = right
    for (row, target) in zip(rows, targets) {
      for k in 0..<width { z[k] = (row[k] - means[k]) / scales[k] }
      for i in 0..<width {
        right[i] += z[i] * (target - intercept)
        for j in 0...i { matrix[i * width + j] += z[i] * z[j] }
      }
    }
    for k in 0..<width { matrix[k * width + k] += penalty }
    (self.means, self.scales, self.intercept) = (means, scales, intercept)
    weights = solve(&matrix, right)
  }

  func forecast(_ row: [Double]) -> Double {
    var sum = intercept
    for k in row.indices { sum += weights[k] * (row[k] - means[k]) / scales[k] }
    return sum
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

/// What the model sees of a moment: the last hours' temperatures, the dew point, and the time of day
/// that it is asked for.
@Tracked
func features(
  of weather: Weather, for hour: Int, ahead: Int, _ settings: Settings
) -> [Double] {
  let now = hour - ahead
  var row = (0..<settings.history).map { weather[now - $0].temperature }
  row.append(weather[now].dewPoint)
  for wave in 0..<settings.harmonics {
    let angle = 2 * Double.pi * Double((wave + 1) * (hour % 24)) / 24
    row += [sin(angle), cos(angle)]
  }
  return row
}
