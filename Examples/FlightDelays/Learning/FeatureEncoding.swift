import Millrace

/// How features become numbers of like size: numbers standardised, names one column each.
///
/// It is fitted on the training part alone, so that nothing of the other parts reaches the model.
/// Weights stand in one row of *slots*: the numeric features, then for each category its levels,
/// sorted, and one for all other names.
@Tracked
struct FeatureEncoding: Codable, Sendable, Equatable {
  /// Mean and standard deviation of a numeric feature over the training part.
  struct Numeric: Codable, Sendable, Equatable {
    var id: String
    var mean: Double
    /// 1 for a feature that never varies.
    var deviation: Double
  }

  /// The names of a category that have a slot of their own.
  struct Category: Codable, Sendable, Equatable {
    var id: String
    /// Sorted.
    var levels: [String]
    /// The slot of the first level; the slot behind the last level is for all other names.
    var slot: Int
    /// Flights of the training part by level, and last those of other names.
    var counts: [Int]
  }

  var numeric: [Numeric]
  var categories: [Category]

  /// The number of slots.
  var width: Int { (categories.last.map { $0.slot + $0.levels.count + 1 }) ?? numeric.count }
}

/// Names with fewer training flights share the slot for other names.
@Tracked
let smallestLevel = 50

/// Fits the encoding on the training part.
///
/// - Throws: ``DataError`` if the training part is empty.
@Task
func fitEncoding(_ table: FeatureTable, _ split: Split) throws -> FeatureEncoding {
  guard !split.training.isEmpty else {
    throw DataError("the training part is empty; give data of at least nine days")
  }
  let numeric = table.numeric.map { feature in
    standardisation(of: feature, rows: split.training)
  }
  var slot = numeric.count
  var categories: [FeatureEncoding.Category] = []
  for feature in table.categories {
    var counts = [Int](repeating: 0, count: feature.values.names.count)
    for row in split.training { counts[Int(feature.values.codes[Int(row)])] += 1 }
    let levels = counts.indices.filter { counts[$0] >= smallestLevel }
      .sorted { feature.values.names[$0] < feature.values.names[$1] }
    let named = levels.map { counts[$0] }
    categories.append(
      FeatureEncoding.Category(
        id: feature.id, levels: levels.map { feature.values.names[$0] }, slot: slot,
        counts: named + [split.training.count - named.reduce(0, +)]))
    slot += levels.count + 1
  }
  return FeatureEncoding(numeric: numeric, categories: categories)
}

@Tracked
private func standardisation(
  of feature: FeatureTable.Numeric, rows: [Int32]
) -> FeatureEncoding.Numeric {
  feature.values.withUnsafeBufferPointer { values in
    var count = 0.0
    var sum = 0.0
    for row in rows {
      let value = values[Int(row)]
      if value == value {  // NaN is unequal to itself
        count += 1
        sum += value
      }
    }
    let mean = count > 0 ? sum / count : 0
    var squares = 0.0
    for row in rows {
      let distance = values[Int(row)] - mean
      if distance == distance { squares += distance * distance }
    }
    let deviation = count > 0 ? (squares / count).squareRoot() : 0
    return FeatureEncoding.Numeric(
      id: feature.id, mean: mean, deviation: deviation > 1e-12 ? deviation : 1)
  }
}
