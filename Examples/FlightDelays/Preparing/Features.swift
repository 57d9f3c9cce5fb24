import Millrace

/// Computes the features of a month's flights.
///
/// - Parameters:
///   - joined: The flights with their weather.
///   - board: The departure boards of the same month, from all scheduled flights.
/// - Returns: One row per flight, in the same order; its columns are those described by
///   ``FeatureDescription/all``.
@Task
func features(_ joined: JoinedFlights, _ board: DepartureBoard) -> FeatureTable {
  let flights = joined.flights
  let weather = joined.weather
  let readings = readBoard(board, for: flights)
  let hasWeather = joined.weatherAge.map { $0 == .missing ? 0.0 : 1.0 }

  // Stations report a gust only when there is one, so without it the steady wind is the strongest.
  let gusts = zip(weather.windGust, weather.windSpeed).map { $0.isNaN ? $1 : $0 }
  let hours = flights.hour.map { hour in (hour < 10 ? "0" : "") + String(hour) }
  let weekdays = flights.day.map { Int32(weekday(ofCivilDay: $0)) }

  let earlier = joined.weatherAge.count { $0 != .missing && $0 > 0 }
  let without = joined.weatherAge.count { $0 == .missing }
  let summary = MonthSummary(
    cleaning: flights.summary, weatherOfHour: flights.count - earlier - without,
    weatherEarlier: earlier, weatherMissing: without)

  return FeatureTable(
    months: [summary],
    day: flights.day,
    arrivalDelay: flights.arrivalDelay,
    numeric: [
      .init(id: "board.airline-delay", values: readings.airlineDelay),
      .init(id: "board.late-share", values: readings.lateShare),
      .init(id: "board.waiting-share", values: readings.waitingShare),
      .init(id: "board.quiet", values: readings.lateShare.map { $0.isNaN ? 1 : 0 }),
      .init(id: "traffic", values: readings.traffic),
      .init(id: "distance", values: flights.distance.map { Double($0) }),
      .init(id: "weather.temperature", values: weather.temperature),
      .init(id: "weather.humidity", values: weather.humidity),
      .init(id: "weather.gust", values: gusts),
      .init(id: "weather.precipitation", values: weather.precipitation),
      .init(id: "weather.pressure", values: weather.pressure),
      .init(id: "weather.visibility", values: weather.visibility),
      .init(id: "weather.reported", values: hasWeather),
    ],
    categories: [
      .init(id: "carrier", values: flights.carrier),
      .init(id: "origin", values: flights.origin),
      .init(id: "destination", values: flights.destination),
      .init(id: "hour", values: .naming(hours)),
      .init(id: "weekday", values: CategoryColumn(names: weekdayNames, codes: weekdays)),
    ])
}
