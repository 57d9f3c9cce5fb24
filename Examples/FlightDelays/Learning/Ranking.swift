import Millrace

/// Predictions in order of risk, from which come the ROC curve and the area under it.
@Tracked
struct Ranking {
  /// How many flights share one prediction, the riskiest first.
  private struct Tie {
    var late: Int
    var punctual: Int
  }

  private var ties: [Tie] = []
  private let late: Int
  private let punctual: Int

  /// Ranks predictions; `isLate` has one element for each.
  init(_ predictions: [Double], isLate: [Bool]) {
    let order = predictions.indices.sorted { predictions[$0] > predictions[$1] }
    var last = Double.nan
    for index in order {
      if predictions[index] != last {
        ties.append(Tie(late: 0, punctual: 0))
        last = predictions[index]
      }
      if isLate[index] {
        ties[ties.count - 1].late += 1
      } else {
        ties[ties.count - 1].punctual += 1
      }
    }
    late = isLate.count { $0 }
    punctual = isLate.count - late
  }

  /// The probability that a late flight is given a higher risk than a punctual one, a tie counting
  /// one half; one half if there are no late or no punctual flights.
  ///
  /// - SeeAlso: J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a receiver
  ///   operating characteristic (ROC) curve", doi:10.1148/radiology.143.1.7063747.
  var areaUnderCurve: Double {
    guard late > 0, punctual > 0 else { return 0.5 }
    // Twice the count of won pairs stays whole; 2³¹ flights of each kind would still fit.
    var twiceWon = 0
    var lateBefore = 0
    for tie in ties {
      twiceWon += tie.punctual * (2 * lateBefore + tie.late)
      lateBefore += tie.late
    }
    return Double(twiceWon) / (2 * Double(late) * Double(punctual))
  }

  /// The ROC curve from (0, 0) to (1, 1): of the late flights the share found (*y*) against the
  /// share of punctual ones wrongly flagged (*x*), for falling thresholds.
  ///
  /// - Parameter count: About how many points to keep; ties are never cut.
  func curve(points count: Int) -> ROCCurve {
    var curve = ROCCurve(falseAlarms: [0], found: [0])
    guard late > 0, punctual > 0 else { return ROCCurve(falseAlarms: [0, 1], found: [0, 1]) }
    let total = late + punctual
    var lateSeen = 0
    var punctualSeen = 0
    var kept = 0
    for tie in ties {
      lateSeen += tie.late
      punctualSeen += tie.punctual
      let place = (lateSeen + punctualSeen) * count / total
      if place > kept || lateSeen + punctualSeen == total {
        kept = place
        curve.falseAlarms.append(Double(punctualSeen) / Double(punctual))
        curve.found.append(Double(lateSeen) / Double(late))
      }
    }
    return curve
  }
}

/// The points of a ROC curve, shares between 0 and 1, both ascending.
struct ROCCurve: Codable, Sendable, Equatable {
  var falseAlarms: [Double]
  var found: [Double]
}
