import Millrace

/// The pipeline that `run` runs: parts, some of them objects, and their total.
enum Parts {
  /// - Parameter pipeline: Its name, with which its keys are those of no other.
  static func graph(_ pipeline: String) -> Graph {
    Graph {
      $total(
        (0..<8).map { number in
          $part(number, of: pipeline).named("part\(number)")
        }, of: pipeline
      ).named("total")
    }
  }
}

@Task func part(_ number: Int, of pipeline: String) -> [Int] {
  say("ran part\(number)")
  return Array(number..<number + (number % 3 == 0 ? 5000 : 5))
}

@Task func total(_ parts: [[Int]], of pipeline: String) -> Int {
  say("ran total")
  return parts.reduce(0) { $0 + $1.count }
}
