import Millrace

/// Which flights a model learns from, is chosen on, and is judged on.
@Tracked
struct Split: Codable, Sendable, Equatable {
  /// Rows of the table, ascending.
  var training: [Int32]
  /// Rows of the table, ascending.
  var validation: [Int32]
  /// Rows of the table, ascending.
  var test: [Int32]

  /// The rows of a part.
  subscript(part: Part) -> [Int32] {
    switch part {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }
}

/// A part of a ``Split``.
enum Part: String, TaskValue, CaseIterable {
  case training
  case validation
  case test
}

/// Deals whole days out to training, validation and test, 3 : 1 : 1.
///
/// Flights of one day share its weather and its troubles; dealt out singly, most days would lie on
/// both sides, and the figures would flatter the model. So days are taken in blocks of five,
/// counted from 1970-01-01, and of each block three days train, one validates and one tests, by a
/// shuffle that depends on the seed and the block alone. Five and the week's seven have no common
/// divisor, so every weekday gets everywhere; and a further month leaves the days of the others
/// where they are.
///
/// - Returns: Each row in exactly one part. With fewer than nine days a part may be empty.
@Task
func split(_ table: FeatureTable, seed: UInt64) -> Split {
  var result = Split(training: [], validation: [], test: [])
  var partOfDay: [Int32: Part] = [:]
  for row in 0..<table.count {
    let day = table.day[row]
    let part: Part
    if let known = partOfDay[day] {
      part = known
    } else {
      part = dealtPart(day: day, seed: seed)
      partOfDay[day] = part
    }
    switch part {
    case .training: result.training.append(Int32(row))
    case .validation: result.validation.append(Int32(row))
    case .test: result.test.append(Int32(row))
    }
  }
  return result
}

@Tracked
private func dealtPart(day: Int32, seed: UInt64) -> Part {
  var place = Int(day) % 5
  if place < 0 { place += 5 }
  let block = (Int(day) - place) / 5
  var parts: [Part] = [.training, .training, .training, .validation, .test]
  var random = RandomNumbers(seed: seed, stream: UInt64(bitPattern: Int64(block)))
  random.shuffle(&parts)
  return parts[place]
}
