import ArgumentParser
import MillraceGraph
import MillraceStore

/// What `gc` lets go, as it is written.
struct RetentionChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let go of runs before the last so many of each pipeline, and of what only they used.",
      valueName: "number"),
    transform: { try RetentionChoice.count($0) })
  var keepLast: Int?

  @Option(
    help: ArgumentHelp(
      "Let go of runs older than this, as '30d', '12h' or '2w', and of what only they used.",
      valueName: "age"),
    transform: { try RetentionChoice.age($0) })
  var olderThan: Duration?

  @Option(
    help: ArgumentHelp(
      "Let go of results that were used longest ago until the store is no larger, as '10gib'.",
      valueName: "size"),
    transform: { try RetentionChoice.size($0) })
  var maxSize: Int?

  var policy: RetentionPolicy {
    RetentionPolicy(keepLast: keepLast, maximumAge: olderThan, maximumSize: maxSize)
  }

  static func count(_ text: String) throws(Settings.Problem) -> Int {
    guard let count = Int(text), count > 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw Settings.Problem("'\(text)' is no number of runs; give a number from 1 on.") }
    return count
  }

  /// Reads `30d`, `12h`, `90m`, `45s` or `2w`.
  static func age(_ text: String) throws(Settings.Problem) -> Duration {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    let digits = text.dropLast()
    guard let unit = text.last.flatMap({ units[$0] }), !digits.isEmpty,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits)
    else {
      throw Settings.Problem(
        "'\(text)' is no age; write a whole number with 's', 'm', 'h', 'd' or 'w', as in '30d'.")
    }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { throw Settings.Problem("'\(text)' is older than any store.") }
    return .seconds(seconds)
  }

  /// Reads `10gib`, or a number of bytes.
  static func size(_ text: String) throws(Settings.Problem) -> Int {
    guard let amount = ResourceAmount(text) else {
      throw Settings.Problem(
        "'\(text)' is no size; write a number of bytes, or one with 'kib', 'mib' or 'gib', as in '10gib'."
      )
    }
    return amount.value
  }
}
