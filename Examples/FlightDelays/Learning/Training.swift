import Millrace

/// What can be set for a training.
struct TrainingSettings: TaskValue, Hashable, CustomStringConvertible {
  /// The step at the start; pass *n* takes steps of rate / (1 + *n* / 4).
  var learningRate: Double
  /// The weight of the penalty ½ · penalty · ‖weights‖²; the bias is free.
  var penalty: Double
  /// Passes over the training part.
  var passes = 12
  /// Flights per step.
  var batch = 64

  /// Rate and penalty, to name nodes after.
  var description: String { "\(learningRate)/\(penalty)" }

  /// The settings that the example tries.
  static let grid: [TrainingSettings] = [0.02, 0.1, 0.5].flatMap { rate in
    [0.0001, 0.003].map { TrainingSettings(learningRate: rate, penalty: $0) }
  }
}

/// Trains a logistic classifier by stochastic gradient descent in small batches.
///
/// Every pass goes through the training part in a new order, shuffled by the seed.
///
/// - Returns: The weights after the last pass; the same bits for the same arguments.
/// - Throws: ``DataError`` if the settings are not positive numbers, or if the training part does
///   not have both late and punctual flights.
/// - Complexity: O(passes × rows × features).
/// - SeeAlso: L. Bottou, "Stochastic Gradient Descent Tricks", doi:10.1007/978-3-642-35289-8_25.
@Task
func train(
  _ table: FeatureTable, _ split: Split, encoding: FeatureEncoding, settings: TrainingSettings,
  seed: UInt64
) throws -> Model {
  guard
    settings.learningRate > 0, settings.learningRate.isFinite, settings.penalty >= 0,
    settings.learningRate * settings.penalty < 1, settings.passes > 0, settings.batch > 0
  else {
    throw DataError(
      "cannot train with learning rate \(settings.learningRate), penalty \(settings.penalty), "
        + "\(settings.passes) passes of batches of \(settings.batch); the rate, the passes and "
        + "the batch must be positive, the penalty not negative, rate × penalty below 1")
  }
  let rows = try EncodedRows(table, rows: split.training, encoding: encoding)
  let late = rows.labels.count { $0 == 1 }
  guard late > 0, late < rows.count else {
    throw DataError(
      "\(late) of \(rows.count) training flights are late; training needs both kinds, so give "
        + "more days")
  }

  var descent = GradientDescent(width: encoding.width)
  // The odds of the base rate, from which a start costs no pass.
  descent.bias = logarithm(Double(late) / Double(rows.count - late))
  var order = (0..<rows.count).map { Int32($0) }
  var random = RandomNumbers(seed: seed)
  var losses: [Double] = []
  for pass in 0..<settings.passes {
    random.shuffle(&order)
    let rate = settings.learningRate / (1 + Double(pass) / 4)
    descent.pass(over: rows, order: order, settings: settings, rate: rate)
    losses.append(descent.loss(on: rows))
  }
  return Model(
    settings: settings, encoding: encoding, bias: descent.bias, weights: descent.weights,
    trainingLoss: losses)
}

/// The weights on their way down.
@Tracked
private struct GradientDescent {
  var bias = 0.0
  var weights: [Double]
  private var gradient: [Double]

  init(width: Int) {
    weights = [Double](repeating: 0, count: width)
    gradient = weights
  }

  /// One pass over the rows, a step per batch.
  mutating func pass(
    over rows: EncodedRows, order: [Int32], settings: TrainingSettings, rate: Double
  ) {
    var bias = bias
    let width = weights.count
    let numericCount = rows.numericCount
    let categoryCount = rows.categoryCount
    rows.numbers.withUnsafeBufferPointer { numbers in
      rows.slots.withUnsafeBufferPointer { slots in
        rows.labels.withUnsafeBufferPointer { labels in
          order.withUnsafeBufferPointer { order in
            weights.withUnsafeMutableBufferPointer { weights in
              gradient.withUnsafeMutableBufferPointer { gradient in
                // While loops over plain pointers: a debug build runs them ten times as fast as
                // loops over ranges.
                var start = 0
                while start < rows.count {
                  let end = min(start + settings.batch, rows.count)
                  var biasGradient = 0.0
                  var position = start
                  while position < end {
                    let row = Int(order[position])
                    let number = row * numericCount
                    let slot = row * categoryCount
                    var z = bias
                    var feature = 0
                    while feature < numericCount {
                      z += weights[feature] * numbers[number + feature]
                      feature += 1
                    }
                    feature = 0
                    while feature < categoryCount {
                      z += weights[Int(slots[slot + feature])]
                      feature += 1
                    }
                    let error = logistic(z) - labels[row]
                    biasGradient += error
                    feature = 0
                    while feature < numericCount {
                      gradient[feature] += error * numbers[number + feature]
                      feature += 1
                    }
                    feature = 0
                    while feature < categoryCount {
                      gradient[Int(slots[slot + feature])] += error
                      feature += 1
                    }
                    position += 1
                  }

                  let step = rate / Double(end - start)
                  let shrink = 1 - rate * settings.penalty
                  bias -= step * biasGradient
                  var weight = 0
                  while weight < width {
                    weights[weight] = weights[weight] * shrink - step * gradient[weight]
                    gradient[weight] = 0
                    weight += 1
                  }
                  start = end
                }
              }
            }
          }
        }
      }
    }
    self.bias = bias
  }

  /// The mean log loss over the rows.
  func loss(on rows: EncodedRows) -> Double {
    let predictions = probabilities(of: rows, weights: weights, bias: bias)
    var sum = 0.0
    for row in 0..<rows.count { sum += logLoss(predictions[row], late: rows.labels[row] == 1) }
    return sum / Double(rows.count)
  }
}
