import Millrace

/// A logistic classifier of late flights.
///
/// The probability is 1 / (1 + *e*⁻ᶻ) with *z* the bias plus the weights of a flight's numbers and
/// names, encoded as ``FeatureEncoding`` says.
struct Model: Codable, Sendable, Equatable {
  var settings: TrainingSettings
  var encoding: FeatureEncoding
  var bias: Double
  /// One per slot of the encoding.
  var weights: [Double]
  /// The mean log loss over the training part after each pass, without the penalty.
  var trainingLoss: [Double]
}

/// The probability of being late for each row of a part, in the order of the rows.
///
/// - Throws: ``DataError`` if the table has other features than the model.
@Tracked
func predict(_ model: Model, _ table: FeatureTable, rows: [Int32]) throws -> [Double] {
  let encoded = try EncodedRows(table, rows: rows, encoding: model.encoding)
  return probabilities(of: encoded, weights: model.weights, bias: model.bias)
}

/// The probability of being late for each of the rows.
@Tracked
func probabilities(of rows: EncodedRows, weights: [Double], bias: Double) -> [Double] {
  var result = [Double](repeating: 0, count: rows.count)
  rows.numbers.withUnsafeBufferPointer { numbers in
    rows.slots.withUnsafeBufferPointer { slots in
      weights.withUnsafeBufferPointer { weights in
        var row = 0
        var number = 0
        var slot = 0
        while row < rows.count {
          var z = bias
          var feature = 0
          while feature < rows.numericCount {
            z += weights[feature] * numbers[number]
            feature += 1
            number += 1
          }
          let end = slot + rows.categoryCount
          while slot < end {
            z += weights[Int(slots[slot])]
            slot += 1
          }
          result[row] = logistic(z)
          row += 1
        }
      }
    }
  }
  return result
}
