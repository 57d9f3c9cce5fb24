import Millrace

/// The report: one page of HTML that needs nothing from anywhere else.
///
/// Its bytes follow from the arguments alone. All tags are balanced, so it parses as XML too once
/// its first line, the document type, is gone.
///
/// - Parameters:
///   - choice: The chosen model and what it was chosen from.
///   - test: The chosen model's figures on the test part.
///   - profile: What the flights were like.
///   - airlines: The airlines' names; a code without one stands for itself.
///   - airports: The airports' names; a code without one stands for itself.
@Task
func report(
  _ choice: Choice, _ test: Evaluation, _ profile: DelayProfile, airlines: NameTable,
  airports: NameTable
) -> String {
  let time = period(from: profile.firstDay, to: profile.lastDay)
  let head = element(
    "head", [:], element("meta", ["charset": "utf-8"]),
    element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
    element("title", [:], escaped("Late flights out of New York, " + time)),
    element("style", [:], reportStyle))
  let main = [
    questionSection(profile),
    dataSection(profile),
    qualitySection(test),
    patternSection(profile, airlines: airlines),
    effectSection(choice.model, airlines: airlines, airports: airports),
    gridSection(choice, profile),
    limitSection(test),
  ]
  let body = element(
    "body", [:], introduction(test, profile, time: time), element("main", [:], main.joined()),
    element(
      "footer", [:],
      paragraph(
        "Data: nycflights13 (CC0), from the US Bureau of Transportation Statistics and NOAA. "
          + "Times are local. A flight is late when it arrives more than \(lateMinutes) minutes "
          + "after its scheduled arrival.")))
  return "<!DOCTYPE html>\n" + element("html", ["lang": "en"], head, "\n", body) + "\n"
}

@Tracked
private func introduction(_ test: Evaluation, _ profile: DelayProfile, time: String) -> String {
  let figures: [(value: String, name: String, note: String)] = [
    (
      fixed(test.areaUnderCurve, 3), "AUC",
      (areaInterval(test).map { "95% interval \($0.low) to \($0.high); " } ?? "") + "chance 0.5"
    ),
    (
      percent(test.accuracy, 1), "accuracy",
      "base rate \(percent(test.baseAccuracy, 1)): the same call for every flight"
    ),
    (
      percent(Double(profile.late) / Double(max(profile.flights, 1)), 1), "of flights late",
      "\(grouped(profile.late)) of \(grouped(profile.flights))"
    ),
    (
      grouped(test.flights), "flights in the test",
      "on \(counted(test.days, "day")) the model had never seen"
    ),
  ]
  let tiles = figures.map { figure in
    element(
      "div", [:], element("dt", [:], escaped(figure.name)),
      element("dd", ["class": "value"], escaped(figure.value)),
      element("dd", [:], escaped(figure.note)))
  }
  return element(
    "header", [:],
    element("p", ["class": "eyebrow"], escaped("Flights out of New York · " + time)),
    element("h1", [:], escaped(headline(test))),
    element("p", ["class": "lede"], escaped(verdict(test))),
    element("dl", ["class": "figures"], tiles.joined()))
}
