import MillraceGraph

/// A limit as it is written: `gpu=2`, `memory=16gib`.
struct ResourceChoice: Equatable, Sendable {
  var pool: String
  var limit: ResourceAmount

  init(_ text: some StringProtocol) throws(Settings.Problem) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let limit = ResourceAmount(String(parts[1])) else {
      throw Settings.Problem(
        "'\(text)' is no limit; write a pool and a whole number, as in 'gpu=2' or 'memory=16gib'.")
    }
    pool = String(parts[0])
    self.limit = limit
  }

  /// Reads `gpu=2,memory=16gib`.
  static func list(_ text: String) throws(Settings.Problem) -> [ResourceChoice] {
    var choices: [ResourceChoice] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      choices.append(try ResourceChoice(part))
    }
    return choices
  }

  /// An amount of memory as it is written: `4gib`, or a number of bytes.
  static func memory(_ text: String) throws(Settings.Problem) -> ResourceAmount {
    guard let amount = ResourceAmount(text) else {
      throw Settings.Problem(
        "'\(text)' is no amount of memory; write a number of bytes, or one with 'kib', 'mib' or 'gib', as in '4gib'."
      )
    }
    return amount
  }

  /// A number of bodies that run at once.
  static func jobs(_ text: String) throws(Settings.Problem) -> Int {
    guard let jobs = Int(text), jobs > 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw Settings.Problem("'\(text)' is no number of jobs; give a number from 1 on.") }
    return jobs
  }
}
