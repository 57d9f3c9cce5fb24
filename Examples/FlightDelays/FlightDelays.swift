public import MillraceCLI

/// Learns from real flights which of them will arrive more than 15 minutes late, and reports how well.
///
///     months ─▶ for each: loadFlights ─┬▶ clean ──────▶ join ─▶ features ─┐
///                         loadWeather ─│──────────────▶ ┘         ▲       │
///                                      └▶ departures ─────────────┘       ▼
///                     ┌───────── split ◀────────────────────────────── merge
///                     ▼            │
///     fitEncoding ─▶ train × 6 ─▶ evaluate × 6 ─▶ choose ─▶ evaluate (test) ─▶ report, summary
public struct FlightDelays: PipelineCommand {
  public static let configuration = CommandConfiguration(
    abstract: "Which flights out of New York will arrive more than 15 minutes late?")

  public init() {}

  @Option(help: "Folder with flights-YYYY-MM.csv and weather-YYYY-MM.csv.")
  var input = "Examples/FlightDelays/Data"

  @Option(help: "What decides which days train, validate and test, and the order of training.")
  var splitSeed: UInt64 = 2013

  public var body: Graph {
    let folder = InputDirectory(input)
    let months = ForEach($listMonths(in: folder), naming: \.name) { month in
      let flights = $loadFlights(month.flights)
      let joined = $join($clean(flights), $loadWeather(month.weather))
      return $features(joined, $departures(of: flights))
    }
    let table = $merge(months)
    let parts = $split(table, seed: splitSeed)

    let encoding = $fitEncoding(table, parts)
    let models = TrainingSettings.grid.map { settings in
      $train(table, parts, encoding: encoding, settings: settings, seed: splitSeed)
        .named("train/\(settings)")
    }
    let validations = zip(TrainingSettings.grid, models).map { settings, model in
      $evaluate(model, table, parts, on: Part.validation).named("validate/\(settings)")
    }
    let choice = $choose(models, validations)
    let test = $evaluate(choice.model, table, parts, on: Part.test).named("test")

    $report(
      choice, test, $describe(table, parts),
      airlines: $loadAirlines($locate("airlines.csv", in: folder).named("airlines.csv")),
      airports: $loadAirports($locate("airports.csv", in: folder).named("airports.csv"))
    )
    .named("report").exported(as: "report.html")
    $summary(choice, test).named("summary").printed()
  }
}
