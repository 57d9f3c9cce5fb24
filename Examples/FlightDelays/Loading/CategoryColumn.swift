import Millrace

/// A column of names, stored as one code per row and each name once.
@Tracked
struct CategoryColumn: Codable, Sendable, Equatable {
  /// The names, each once. Columns made by ``CategoryBuilder`` and ``merging(_:)`` sort them, so
  /// that equal rows give equal columns whatever came first.
  var names: [String]
  /// A position in `names` for each row.
  var codes: [Int32]

  /// A column of these names.
  static func naming(_ rows: [String]) -> CategoryColumn {
    let names = Set(rows).sorted()
    let position = Dictionary(uniqueKeysWithValues: zip(names, names.indices.map(Int32.init)))
    return CategoryColumn(names: names, codes: rows.map { position[$0, default: -1] })
  }

  /// The rows at `rows`, with all the names kept.
  func selecting(_ rows: [Int32]) -> CategoryColumn {
    CategoryColumn(names: names, codes: codes.selecting(rows))
  }

  /// Puts columns one after another under one sorted list of names; names without a row go.
  static func merging(_ columns: [CategoryColumn]) -> CategoryColumn {
    var used: Set<String> = []
    for column in columns {
      var present = [Bool](repeating: false, count: column.names.count)
      for code in column.codes { present[Int(code)] = true }
      for (name, isPresent) in zip(column.names, present) where isPresent { used.insert(name) }
    }
    let names = used.sorted()
    let position = Dictionary(uniqueKeysWithValues: zip(names, names.indices.map(Int32.init)))
    var codes: [Int32] = []
    codes.reserveCapacity(columns.reduce(0) { $0 + $1.codes.count })
    for column in columns {
      let translation = column.names.map { position[$0, default: -1] }
      for code in column.codes { codes.append(translation[Int(code)]) }
    }
    return CategoryColumn(names: names, codes: codes)
  }
}

/// Collects a ``CategoryColumn`` row by row.
@Tracked
struct CategoryBuilder {
  private var names: [String] = []
  private var codes: [Int32] = []
  private var codeOfShort: [UInt64: Int32] = [:]
  private var codeOfLong: [String: Int32] = [:]

  mutating func append(_ name: UnsafeBufferPointer<UInt8>) {
    // Airline and airport codes fit in a word with their length, which spares a string per row.
    guard name.count < 8 else {
      let text = String(decoding: name, as: UTF8.self)
      codes.append(codeOfLong[text] ?? addCode(for: text))
      return
    }
    var word = UInt64(name.count)
    for byte in name { word = word << 8 | UInt64(byte) }
    if let code = codeOfShort[word] {
      codes.append(code)
    } else {
      let code = addCode(for: String(decoding: name, as: UTF8.self))
      codeOfShort[word] = code
      codes.append(code)
    }
  }

  private mutating func addCode(for text: String) -> Int32 {
    if let code = codeOfLong[text] { return code }
    let code = Int32(names.count)
    names.append(text)
    codeOfLong[text] = code
    return code
  }

  /// The column, its names sorted.
  func finished() -> CategoryColumn {
    CategoryColumn.merging([CategoryColumn(names: names, codes: codes)])
  }
}

@Tracked
extension Array {
  /// The elements at `rows`, in that order.
  func selecting(_ rows: [Int32]) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(rows.count)
    for row in rows { result.append(self[Int(row)]) }
    return result
  }
}
