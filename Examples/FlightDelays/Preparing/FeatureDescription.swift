import Millrace

/// What a feature is, and why it is known before the flight leaves.
@Tracked
struct FeatureDescription: Sendable, Equatable {
  /// How its values are told to people.
  enum Kind: Sendable, Equatable {
    /// A quantity with its unit.
    case quantity(String)
    /// A share between 0 and 1, told in percentage points.
    case share
    /// 1 where the name holds, else 0.
    case flag
    /// One of several names.
    case category
  }

  /// The identifier of its column.
  var id: String
  /// Its name in the report.
  var name: String
  var kind: Kind
  /// Why it is known an hour before the scheduled departure.
  var knownBecause: String

  /// The description of a column.
  static func of(_ id: String) -> FeatureDescription {
    all.first { $0.id == id }
      ?? FeatureDescription(id: id, name: id, kind: .quantity(""), knownBecause: "")
  }

  /// Every feature, in the order of the report. Nothing else reaches the model.
  static let all = board + schedule + weather

  private static let board = [
    FeatureDescription(
      id: "board.airline-delay", name: "Mean delay of the airline at the airport",
      kind: .quantity("min"),
      knownBecause: "read from the board one hour before: flights due in the four hours up to "
        + "then, those still at the gate counted with the minutes waited so far"),
    FeatureDescription(
      id: "board.late-share", name: "Flights over 15 min late at the airport", kind: .share,
      knownBecause: "read from the board one hour before, over all airlines"),
    FeatureDescription(
      id: "board.waiting-share", name: "Flights overdue at the airport", kind: .share,
      knownBecause: "read from the board one hour before: due by then and not gone"),
    FeatureDescription(
      id: "board.quiet", name: "No flights due in the hours before", kind: .flag,
      knownBecause: "the schedule"),
  ]

  private static let schedule = [
    FeatureDescription(
      id: "traffic", name: "Departures scheduled within half an hour", kind: .quantity("flights"),
      knownBecause: "the schedule"),
    FeatureDescription(
      id: "distance", name: "Distance", kind: .quantity("miles"), knownBecause: "the route"),
    FeatureDescription(
      id: "carrier", name: "Airline", kind: .category, knownBecause: "the schedule"),
    FeatureDescription(
      id: "origin", name: "Origin", kind: .category, knownBecause: "the schedule"),
    FeatureDescription(
      id: "destination", name: "Destination", kind: .category, knownBecause: "the schedule"),
    FeatureDescription(
      id: "hour", name: "Scheduled hour", kind: .category, knownBecause: "the schedule"),
    FeatureDescription(
      id: "weekday", name: "Weekday", kind: .category, knownBecause: "the calendar"),
  ]

  private static let weather: [FeatureDescription] = [
    ("temperature", "Temperature", .quantity("°F")),
    ("humidity", "Humidity", .quantity("percentage points")),
    ("gust", "Strongest wind", .quantity("mph")),
    ("precipitation", "Precipitation", .quantity("in")),
    ("pressure", "Air pressure", .quantity("mbar")),
    ("visibility", "Visibility", .quantity("miles")),
    ("reported", "Weather was reported", .flag),
  ].map { (id: String, name: String, kind: Kind) in
    FeatureDescription(
      id: "weather." + id, name: name, kind: kind,
      knownBecause: "the station's reading for the scheduled hour, standing for a forecast")
  }
}
