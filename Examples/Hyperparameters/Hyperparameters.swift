public import MillraceCLI

/// Forecasts the temperature at an airport some hours ahead, and searches for the settings that do it best.
///
///     months ─▶ for each: readTemperatures ─▶ join ─▶ split ─▶ past, folds     held-out days
///                                                                   ▼               │
///     grid ─▶ for each setting: (for each fold: validate) ─▶ score ─▶ choose        │
///                                                                       │           │
///                               is the best one at an edge of the grid? │           │
///                                 yes: widened ─▶ the same search again ┤           │
///                                 no: ──────────────────────────────────┤           │
///                                                                       ▼           │
///                                         report ◀─────────────────── test ◀────────┘
///
/// The two arms are nodes of one graph; a run computes the one that it needs. What the wider search has in
/// common with the coarse one is not computed again, since equal tasks have equal keys.
public struct Hyperparameters: PipelineCommand {
  public static let configuration = CommandConfiguration(
    abstract: "How well can a linear model forecast the temperature, and with which settings?")

  public init() {}

  @Option(help: "Folder with weather-YYYY-MM.csv.")
  var input = "Examples/FlightDelays/Data"

  @Option(help: "The airport whose weather is forecast.")
  var airport = "JFK"

  @Option(help: "How many hours to look ahead.")
  var ahead = 6

  @Option(parsing: .upToNextOption, help: "Hours of history to try, 1 to 24.")
  var history = [3, 6, 12]

  @Option(parsing: .upToNextOption, help: "Numbers of waves of the time of day to try, 0 to 6.")
  var waves = [1, 2, 3]

  @Option(parsing: .upToNextOption, help: "Penalties of large weights to try, above 0.")
  var penalty = [1.0, 100]

  var grid: Grid {
    Grid(
      history: Set(history).sorted(), waves: Set(waves).sorted(), penalties: Set(penalty).sorted())
  }

  public func validate() throws {
    guard ahead > 0, !grid.settings.isEmpty, grid.settings.allSatisfy(\.isValid) else {
      throw ValidationError(
        "Give at least one of '--history' (1 to 24), '--waves' (0 to 6) and '--penalty' (above 0), and '--ahead' from 1 up."
      )
    }
  }

  public var body: Graph {
    let months = ForEach($listMonths(in: InputDirectory(input)), naming: \.name) {
      $readTemperatures(from: $0, of: airport)
    }
    let series = $join(months)
    let split = $split(series)
    let past = $past(of: series, before: split.heldOut)

    let search = Search(grid: Node(grid), folds: split.folds, series: past, ahead: ahead)
    let coarse = search.named("coarse")()
    let choice = When($isAtEdge(coarse, of: grid)) {
      var wider = search
      wider.grid = $widened(grid, beyond: coarse)
      return wider.named("wide")()
    } otherwise: {
      coarse
    }
    let test = $test(choice.best, on: split.heldOut, of: series, ahead: ahead).named("test")
    $report(coarse, choice, test, airport: airport, ahead: ahead).named("report").printed()
  }
}

/// Tries all settings of a grid, each without each of the folds in turn.
struct Search: SubPipeline {
  var grid: Node<Grid>
  var folds: Node<[Hours]>
  var series: Node<Series>
  var ahead: Int

  var body: Node<Choice> {
    let scores = ForEach($settings(of: grid), naming: \.description) { settings in
      let errors = ForEach(folds, naming: \.description) { fold in
        $validate(settings, on: fold, of: series, ahead: ahead)
      }
      return $score(settings, errors)
    }
    return $choose(scores)
  }
}
