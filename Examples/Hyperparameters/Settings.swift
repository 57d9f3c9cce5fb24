import Millrace

/// What can be set for the model.
@Tracked
struct Settings: Codable, Sendable, Hashable, CustomStringConvertible {
  /// How many hours of temperature the model sees, the latest first.
  var history: Int
  /// How many sine waves of the time of day: one of 24 hours, one of 12, and so on.
  var harmonics: Int
  /// The weight of the penalty on the squared weights.
  var penalty: Double

  var description: String { "\(history)h/\(harmonics)/\(penalty)" }

  /// No setting sees more than this, so that all are judged on the same hours.
  static let longestHistory = 48
}

/// The settings to try: each value with each of the others.
@Tracked
struct Grid: TaskValue, Equatable {
  var history: [Int]
  var harmonics: [Int]
  var penalties: [Double]

  var settings: [Settings] {
    history.flatMap { history in
      harmonics.flatMap { harmonics in
        penalties.map { Settings(history: history, harmonics: harmonics, penalty: $0) }
      }
    }
  }
}

/// Puts a grid's values in order.
///
/// - Throws: ``WeatherError`` if there is nothing to try, or a value that the model cannot take.
@Task
func checked(_ grid: Grid) throws -> Grid {
  let grid = Grid(
    history: Set(grid.history).sorted(), harmonics: Set(grid.harmonics).sorted(),
    penalties: Set(grid.penalties).sorted())
  guard !grid.settings.isEmpty,
    grid.history.allSatisfy({ (1...Settings.longestHistory).contains($0) }),
    grid.harmonics.allSatisfy({ (0...6).contains($0) }),
    grid.penalties.allSatisfy({ $0 > 0 && $0.isFinite })
  else {
    throw WeatherError(
      "give at least one of each: 1 to \(Settings.longestHistory) hours of history, 0 to 6 "
        + "harmonics, and penalties above 0")
  }
  return grid
}

/// The settings of a grid.
@Task
func settings(of grid: Grid) -> [Settings] { grid.settings }

/// Whether the best settings lie at an edge of the grid, so that better ones may lie beyond.
@Task
func isAtEdge(_ choice: Choice, of grid: Grid) -> Bool {
  widened(grid, beyond: choice).settings.count > 1
}

/// The settings next to the best ones, beyond the edges at which these lie.
///
/// A step doubles the history, adds a wave, or makes the penalty a hundred times larger or smaller. A list of
/// one value is no edge: somebody wanted that one.
@Task
func widened(_ grid: Grid, beyond choice: Choice) -> Grid {
  let best = choice.best
  var wide = Grid(
    history: [best.history], harmonics: [best.harmonics], penalties: [best.penalty])
  if grid.history.count > 1, best.history == grid.history.max(),
    best.history < Settings.longestHistory
  {
    wide.history.append(min(2 * best.history, Settings.longestHistory))
  }
  if grid.harmonics.count > 1, best.harmonics == grid.harmonics.max(), best.harmonics < 6 {
    wide.harmonics.append(best.harmonics + 1)
  }
  if grid.penalties.count > 1, best.penalty == grid.penalties.min() {
    wide.penalties.insert(best.penalty / 100, at: 0)
  } else if grid.penalties.count > 1, best.penalty == grid.penalties.max() {
    wide.penalties.append(best.penalty * 100)
  }
  return wide
}
