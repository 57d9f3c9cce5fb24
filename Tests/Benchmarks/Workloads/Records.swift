import Millrace

struct Record: Codable, Sendable {
  var id: Int
  var text: String
}

/// A record with a text of 100 bytes: the number in 20 digits, five times.
@Task func record(_ id: Int) -> Record {
  let digits = "\(id)"
  let padded = String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits
  return Record(id: id, text: String(repeating: padded, count: 5))
}

/// W5: small stored values.
struct Records: Workload {
  static let isStored = true

  let count: Int
  let mode: Arguments.Mode

  func leaves() -> [Node<Record>] {
    (0..<count).map { index in
      let isChanged = mode == .changed && index.isMultiple(of: 100)
      return $record(1_000_003 * index + (isChanged ? 7 : 0))
    }
  }

  func check(_ values: [Record]) -> UInt64 {
    values.reduce(0) { ($0 * 31 + UInt64($1.id) + UInt64($1.text.utf8.count)) % 1_000_000_007 }
  }

  func describe(_ outcome: Outcome, in report: inout Report) {
    report.set("executed", outcome.executed)
  }
}
