import Millrace

/// Rows of a table in the form that the inner loops want: per row the standardised numbers side by
/// side and the slot of each category.
@Tracked
struct EncodedRows {
  var count: Int
  /// Numeric features per row.
  var numericCount: Int
  /// Categories per row.
  var categoryCount: Int
  /// `count` × `numericCount`.
  var numbers: [Double]
  /// `count` × `categoryCount`.
  var slots: [Int32]
  /// 1 for a late flight, else 0.
  var labels: [Double]

  /// Encodes rows of a table.
  ///
  /// A missing number becomes the training part's mean, a name without a slot the slot for others.
  ///
  /// - Throws: ``DataError`` if the table has other features than the encoding.
  init(_ table: FeatureTable, rows: [Int32], encoding: FeatureEncoding) throws {
    guard
      table.numeric.map(\.id) == encoding.numeric.map(\.id),
      table.categories.map(\.id) == encoding.categories.map(\.id)
    else {
      throw DataError("the table has other features than the model; make both with one version")
    }
    count = rows.count
    numericCount = encoding.numeric.count
    categoryCount = encoding.categories.count
    numbers = [Double](repeating: 0, count: count * numericCount)
    slots = [Int32](repeating: 0, count: count * categoryCount)
    labels = rows.map { table.isLate(Int($0)) ? 1 : 0 }

    for (column, scale) in encoding.numeric.enumerated() {
      fill(column, from: table.numeric[column].values, rows: rows, scale: scale)
    }
    for (column, category) in encoding.categories.enumerated() {
      let values = table.categories[column].values
      let slotOfCode = values.names.map { name in
        Int32(category.slot + (category.levels.firstIndex(of: name) ?? category.levels.count))
      }
      var index = column
      for row in rows {
        slots[index] = slotOfCode[Int(values.codes[Int(row)])]
        index += categoryCount
      }
    }
  }

  private mutating func fill(
    _ column: Int, from values: [Double], rows: [Int32], scale: FeatureEncoding.Numeric
  ) {
    let stride = numericCount
    numbers.withUnsafeMutableBufferPointer { numbers in
      values.withUnsafeBufferPointer { values in
        var index = column
        for row in rows {
          let value = (values[Int(row)] - scale.mean) / scale.deviation
          numbers[index] = value == value ? value : 0  // NaN is unequal to itself
          index += stride
        }
      }
    }
  }
}
