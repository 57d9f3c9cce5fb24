import Millrace

/// A section with its heading.
@Tracked
private func section(_ heading: String, _ content: String...) -> String {
  element("section", [:], element("h2", [:], escaped(heading)), content.joined())
}

/// A figure with its heading and what to see in it above the drawing.
@Tracked
private func figure(_ heading: String, _ words: String, _ drawing: String) -> String {
  element(
    "figure", [:],
    element("figcaption", [:], element("h3", [:], escaped(heading)), escaped(words)), drawing)
}

@Tracked
func questionSection(_ profile: DelayProfile) -> String {
  section(
    "What was asked",
    paragraph(
      "Will a flight arrive more than \(lateMinutes) minutes late? The answer is to be given one "
        + "hour before its scheduled departure, from what is known by then: the schedule, the "
        + "weather, and how late other flights have been leaving the same airport. The answer is a "
        + "probability, so it can be wrong about one flight and still be right about many."))
}

@Tracked
func dataSection(_ profile: DelayProfile) -> String {
  let rows = profile.months.map { month in
    [month.cleaning.name]
      + [
        month.cleaning.read, month.cleaning.cancelled, month.cleaning.unrecorded,
        month.cleaning.kept, month.weatherOfHour, month.weatherEarlier, month.weatherMissing,
      ].map(grouped)
  }
  let read = profile.months.reduce(0) { $0 + $1.cleaning.read }
  let dropped = read - profile.flights
  let parts = profile.parts.map { part in
    "\(part.part.rawValue) \(counted(part.flights, "flight")) on \(counted(part.days, "day"))"
  }
  return section(
    "The data",
    paragraph(
      "Of \(grouped(read)) scheduled flights from Newark, JFK and LaGuardia, \(grouped(dropped)) "
        + "have no arrival delay to learn from and were left out: the cancelled ones, and those "
        + "that were diverted or not recorded. Where the weather of the scheduled hour is missing, "
        + "the last reading of the \(longestWeatherGap) hours before stands in."),
    table(
      caption: "Flights by file",
      header: [
        "File", "Read", "Cancelled", "No arrival delay", "Kept", "Weather of the hour",
        "Earlier weather", "No weather",
      ], rows: rows),
    paragraph(
      "Whole days were dealt out, of every five days three to training, one to validation, one to "
        + "the test: \(parts.joined(separator: "; ")). A model is thus never judged on a day of "
        + "which it has seen a part."))
}

@Tracked
func qualitySection(_ test: Evaluation) -> String {
  section(
    "How good are the predictions?",
    paragraph(
      "All figures are from the test days. " + rocReading(test.curve)
        + " The log loss is \(fixed(test.logLoss, 3)), against \(fixed(test.baseLogLoss, 3)) for "
        + "giving every flight the same risk; the Brier score is \(fixed(test.brier, 3))."),
    element(
      "div", ["class": "pair"],
      figure(
        "Can it tell late from punctual?",
        "ROC curve. The further above the dashed line, the better.",
        rocPlot(test)),
      figure(
        "Do its percentages mean what they say?",
        "Calibration: \(test.calibration.count) groups of equal size. On the dashed line, as many "
          + "flights were late as predicted. Thin lines: 95% intervals.",
        calibrationPlot(test.calibration))))
}

@Tracked
func patternSection(_ profile: DelayProfile, airlines: NameTable) -> String {
  let rare = profile.byCarrier.filter { $0.flights < smallestGroup }.map { group in
    "\(airlines.name(of: group.name)) (\(counted(group.flights, "flight")))"
  }
  let left = rare.isEmpty ? "" : " Too rare to show: \(rare.joined(separator: ", "))."
  let hours = profile.byHour.filter { $0.flights >= 200 }
  var reading = ""
  if let best = hours.min(by: { $0.lateShare < $1.lateShare }),
    let worst = hours.max(by: { $0.lateShare < $1.lateShare }), best != worst
  {
    reading =
      "Delays add up over the day: from \(percent(best.lateShare)) late at \(best.name):00 to "
      + "\(percent(worst.lateShare)) at \(worst.name):00."
    if best.name > worst.name {
      reading =
        "From \(percent(worst.lateShare)) late at \(worst.name):00 to \(percent(best.lateShare)) "
        + "at \(best.name):00."
    }
  }
  return section(
    "When, and with whom, are flights late?",
    paragraph(
      "These are plain shares of all flights, no model. Airlines fly different routes at different "
        + "hours, so a share is not a verdict on an airline. Thin lines: 95% intervals."),
    element(
      "div", ["class": "pair"],
      figure("By hour of departure", reading, hourPlot(profile.byHour)),
      figure(
        "By airline", "The mean delay counts early arrivals as negative." + left,
        carrierPlot(profile.byCarrier, airlines: airlines))))
}

@Tracked
func effectSection(_ model: Model, airlines: NameTable, airports: NameTable) -> String {
  let effects = strongestEffects(of: model, count: 8, airlines: airlines, airports: airports)
  func rows(_ effects: [Effect]) -> [[String]] {
    effects.map { [$0.words, "× " + fixed($0.odds, 2)] }
  }
  let list = featuresByReason().map { names, reason in
    element("li", [:], element("strong", [:], escaped(names)), escaped(": " + reason))
  }
  return section(
    "What the model goes by",
    paragraph(
      "Each line says by what the odds of arriving late are multiplied, everything else being "
        + "equal. Quantities are moved by one standard deviation; an airline, an airport, an hour "
        + "or a weekday is compared with the average flight."),
    element(
      "div", ["class": "pair"],
      table(
        caption: "What raises the risk most", header: ["Feature", "Odds"],
        rows: rows(effects.raising), wraps: true),
      table(
        caption: "What lowers it most", header: ["Feature", "Odds"],
        rows: rows(effects.lowering), wraps: true)),
    element("h3", [:], "Everything it may look at, and why that is known an hour ahead"),
    element("ul", [:], list.joined()))
}

/// The features' names, those known for one reason together.
@Tracked
private func featuresByReason() -> [(names: String, reason: String)] {
  var result: [(names: String, reason: String)] = []
  for feature in FeatureDescription.all {
    if let last = result.last, last.reason == feature.knownBecause {
      let name = feature.name.prefix(1).lowercased() + feature.name.dropFirst()
      result[result.count - 1].names += ", " + name
    } else {
      result.append((feature.name, feature.knownBecause))
    }
  }
  return result
}

@Tracked
func gridSection(_ choice: Choice, _ profile: DelayProfile) -> String {
  let rows = choice.candidates.enumerated().map { index, candidate in
    [
      short(candidate.settings.learningRate) + (index == choice.best ? " (chosen)" : ""),
      short(candidate.settings.penalty), fixed(candidate.trainingLoss, 4),
      fixed(candidate.logLoss, 4), fixed(candidate.areaUnderCurve, 3),
      percent(candidate.accuracy, 1),
    ]
  }
  return section(
    "How the model was chosen",
    paragraph(
      "\(counted(choice.candidates.count, "logistic model")) were trained, one for each setting, "
        + "by gradient descent in \(choice.model.settings.passes) passes over the training days. "
        + "The lowest log loss on the validation days decided; the test days serve for the figures "
        + "of the chosen model alone."),
    table(
      caption: "Settings tried",
      header: [
        "Learning rate", "Penalty", "Log loss, training", "Log loss, validation",
        "AUC, validation", "Accuracy, validation",
      ], rows: rows, marked: choice.best))
}

@Tracked
func limitSection(_ test: Evaluation) -> String {
  let items = [
    "The weather is the station's reading for the hour of departure, where only a forecast would "
      + "be known an hour ahead. With real forecasts the figures would probably be lower.",
    "The test has \(counted(test.days, "day")). Flights of one day are late together, so another "
      + "choice of days would move the figures more than the intervals in the plots say. The "
      + "interval of the AUC takes whole days as its cases, so it says how far.",
    "The test days lie between training days. Another season may behave differently.",
    "Cancelled and diverted flights are not predicted; for passengers they are the worst delays.",
    "The model adds effects up and knows no combinations, such as snow at one airport. It does not "
      + "know where the aircraft comes from, which airlines do know.",
    "Odds that go with a feature are no proof that it causes delays.",
  ]
  return section(
    "Limits", element("ul", [:], items.map { element("li", [:], escaped($0)) }.joined()))
}
