import Millrace

/// What can be set for the model.
@Tracked
struct Settings: Codable, Sendable, Hashable, CustomStringConvertible {
  /// How many hours of temperature the model sees, the latest first.
  var history: Int
  /// How many sine waves of the time of day: one of 24 hours, one of 12, and so on.
  var waves: Int
  /// The weight of the penalty on the squared weights.
  var penalty: Double

  static let longestHistory = 24

  var isValid: Bool {
    (1...Self.longestHistory).contains(history) && (0...6).contains(waves) && penalty > 0
  }

  var description: String { "\(history)h/\(waves)/\(penalty)" }
}

/// The settings to try: each value with each of the others. The values are in order.
@Tracked
struct Grid: TaskValue, Equatable {
  var history: [Int]
  var waves: [Int]
  var penalties: [Double]

  var settings: [Settings] {
    history.flatMap { history in
      waves.flatMap { waves in
        penalties.map { Settings(history: history, waves: waves, penalty: $0) }
      }
    }
  }
}

/// The settings of a grid that the model can take.
@Task
func settings(of grid: Grid) -> [Settings] { grid.settings.filter(\.isValid) }

/// The best of a search, with all that was tried.
@Tracked
struct Choice: Codable, Sendable, Equatable {
  var best: Settings
  var scores: [Score]
}

/// Chooses the settings of the smallest error; of equals the first.
@Task
func choose(_ scores: [Score]) throws -> Choice {
  guard let best = scores.min(by: { $0.error.mean < $1.error.mean }) else {
    throw WeatherError("there is nothing to choose from")
  }
  return Choice(best: best.settings, scores: scores)
}

/// Whether the best settings lie at an edge of the grid, so that better ones may lie beyond.
@Task
func isAtEdge(_ choice: Choice, of grid: Grid) -> Bool {
  settings(of: widened(grid, beyond: choice)).count > 1
}

/// The best settings, and those next to them beyond the edges at which they lie.
///
/// A step doubles or halves the history, adds or takes a wave, or makes the penalty a hundred times larger
/// or smaller.
@Task
func widened(_ grid: Grid, beyond choice: Choice) -> Grid {
  let best = choice.best
  return Grid(
    history: stretched(grid.history, at: best.history, to: best.history / 2, best.history * 2),
    waves: stretched(grid.waves, at: best.waves, to: best.waves - 1, best.waves + 1),
    penalties: stretched(
      grid.penalties, at: best.penalty, to: best.penalty / 100, best.penalty * 100))
}

/// A value with its neighbour beyond the edge of the values, if it lies at one. One value alone is no
/// edge: somebody wants that one.
@Tracked
func stretched<Value: Comparable>(
  _ values: [Value], at best: Value, to below: Value, _ above: Value
) -> [Value] {
  guard values.count > 1 else { return [best] }
  return best == values.first ? [below, best] : best == values.last ? [best, above] : [best]
}
