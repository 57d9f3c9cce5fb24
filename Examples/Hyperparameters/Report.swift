import Foundation
import Millrace

/// A table of all settings that were tried, and how well the chosen one does on the held-out days.
@Task
func report(
  _ coarse: Choice, _ choice: Choice, _ test: TestResult, airport: String, ahead: Int
) -> String {
  let wide = choice.scores.filter { !coarse.scores.contains($0) }
  func row(_ score: Score) -> String {
    let settings = score.settings
    return String(
      format: "%5d h  %5d  %7g  %@%@", settings.history, settings.waves, settings.penalty,
      text(score.error), settings == choice.best ? "  chosen" : "")
  }
  var lines = [
    "Temperature at \(airport) \(ahead) hours ahead, a day's root mean square error in °F", "",
    "history  waves  penalty  error ± standard error",
  ]
  lines += coarse.scores.map(row)
  if wide.isEmpty {
    lines.append("The best of these lies at no edge of the grid.")
  } else {
    lines.append("The best of these lies at an edge of the grid. Beyond it:")
    lines += wide.map(row)
  }
  lines += [
    "", "On \(test.days) held-out days:", "  chosen settings  \(text(test.model))",
    "  as it is now     \(text(test.persistence))",
    "  as usual         \(text(test.climatology))",
  ]
  return lines.joined(separator: "\n")
}

@Tracked
func text(_ estimate: Estimate) -> String {
  String(format: "%.3f ± %.3f", estimate.mean, estimate.standardError)
}
