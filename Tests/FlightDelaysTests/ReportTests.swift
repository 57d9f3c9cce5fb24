import Testing

@testable import FlightDelays

@Suite struct NumbersTests {
  @Test(
    arguments: [
      (0.71249, 3, "0.712"), (-0.05, 1, "−0.1"), (12, 0, "12"), (0.004, 2, "0.00"),
      (1234.5, 1, "1234.5"), (.nan, 1, "–"), (.infinity, 0, "–"), (-0.2, 0, "0"),
    ] as [(Double, Int, String)])
  func `decimals are fixed`(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(fixed(value, decimals) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (336_776, "336,776"), (-1234, "−1,234"),
  ])
  func `thousands are grouped`(_ count: Int, _ text: String) {
    #expect(grouped(count) == text)
  }

  @Test(arguments: [(0.0001, "0.0001"), (0.003, "0.003"), (13.264, "13.3"), (717, "717"), (0, "0")])
  func `short numbers have three digits at most`(_ value: Double, _ text: String) {
    #expect(short(value) == text)
  }
}

@Suite struct MarkupTests {
  @Test func `text and attributes are escaped`() {
    #expect(
      element("p", ["title": "a \"b\" & <c>"], escaped("1 < 2 & 3 > 2"))
        == "<p title=\"a &quot;b&quot; &amp; &lt;c&gt;\">1 &lt; 2 &amp; 3 &gt; 2</p>")
    #expect(element("br") == "<br/>")
  }
}

@Suite struct ScaleTests {
  @Test func `the domain's ends come to the range's`() {
    let scale = Scale(domain: 10...20, start: 300, end: 0)
    #expect(scale(10) == 300)
    #expect(scale(20) == 0)
    #expect(scale(12) == 240)
  }

  @Test(
    arguments: [
      (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
      (0, 0.7, 7, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
      (3, 22, 4, [5, 10, 15, 20]),
      (5, 5, 3, [5]),
    ] as [(Double, Double, Int, [Double])])
  func `ticks are round`(_ low: Double, _ high: Double, _ count: Int, _ ticks: [Double]) {
    let result = Scale(domain: low...high, start: 0, end: 1).ticks(about: count)
    #expect(result.count == ticks.count)
    #expect(zip(result, ticks).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func `a domain's end is rounded up to a tick`() {
    #expect(abs(Scale.roundedUp(0.37, about: 5) - 0.4) < 1e-12)
    #expect(abs(Scale.roundedUp(0.5, about: 5) - 0.5) < 1e-12)
  }
}

@Suite struct DelayProfileTests {
  @Test func `flights and delays are counted by hour and by airline`() throws {
    let table = try monthFeatures(
      flightsCSV([
        FlightRow(hour: 9, arrivalDelay: 15), FlightRow(hour: 17, arrivalDelay: 16),
        FlightRow(day: 3, hour: 9, arrivalDelay: -5, carrier: "B6"),
      ]))
    let profile = try describe(table, Split(training: [0, 1], validation: [2], test: []))
    #expect(
      profile.byHour == [
        DelayProfile.Group(name: "09", flights: 2, late: 0, meanDelay: 5),
        DelayProfile.Group(name: "17", flights: 1, late: 1, meanDelay: 16),
      ])
    #expect(profile.byCarrier.map(\.name) == ["AA", "B6"])
    #expect(profile.byCarrier[0].lateShare == 0.5)
    #expect(profile.flights == 3)
    #expect(profile.late == 1)
    #expect(profile.parts.map(\.flights) == [2, 1, 0])
    #expect(profile.parts.map(\.days) == [1, 1, 0])
  }

  @Test(
    arguments: [
      (15_706, 15_736, "January 2013"), (15_706, 15_764, "January–February 2013"),
      (15_700, 15_706, "December 2012 to January 2013"),
    ] as [(Int32, Int32, String)])
  func `the time spanned is told in months`(_ first: Int32, _ last: Int32, _ words: String) {
    #expect(period(from: first, to: last) == words)
  }
}

@Suite struct FindingsTests {
  private func evaluation(
    late: Int, accuracy: Double, errors: DayErrors? = nil
  ) -> Evaluation {
    let bins = (1...10).map { CalibrationBin(flights: 100, late: 5 * $0, predicted: 0.1) }
    return Evaluation(
      part: .test, flights: 1000, late: late, days: 9, accuracy: accuracy, areaUnderCurve: 0.7,
      logLoss: 0.5, brier: 0.1, baseLogLoss: 0.6, errors: errors,
      curve: ROCCurve(falseAlarms: [], found: []),
      calibration: bins)
  }

  @Test func `the heading tells the riskiest tenth from the safest`() {
    #expect(
      headline(evaluation(late: 250, accuracy: 0.8))
        == "An hour before departure, the riskiest tenth of flights can be named: 50% of it arrived "
        + "late, against 5% of the safest tenth")
  }

  @Test func `an area that chance might give is called so`() {
    let words = verdict(
      evaluation(
        late: 250, accuracy: 0.8, errors: DayErrors(areaUnderCurve: 0.11, accuracyGain: 0.01)))
    #expect(words.contains("70% of the time (the AUC): which chance might give as well."))
  }

  @Test func `a lead that other days could undo is called so`() {
    let words = verdict(
      evaluation(
        late: 250, accuracy: 0.76, errors: DayErrors(areaUnderCurve: 0.03, accuracyGain: 0.01)))
    #expect(words.hasSuffix("for calling every flight punctual, too close for 9 days to settle."))
  }

  @Test(arguments: [
    (250, 0.8, "right for 80.0% of the flights, against 75.0% for calling every flight punctual."),
    (250, 0.75, "right for 75.0% of the flights; calling every flight punctual gives 75.0%."),
    (600, 0.5, "right for 50.0% of the flights; calling every flight late gives 60.0%."),
  ])
  func `accuracy is never told without the base rate`(
    _ late: Int, _ accuracy: Double, _ words: String
  ) {
    #expect(verdict(evaluation(late: late, accuracy: accuracy)).hasSuffix(words))
  }
}

@Suite struct ReportPageTests {
  /// The pipeline on synthetic flights, up to what the report needs.
  private struct Outcome {
    var choice: Choice
    var test: Evaluation
    var profile: DelayProfile

    init(carrier: String = "UA") throws {
      let rows = syntheticFlights(days: 20, perDay: 150).map { row in
        var row = row
        if row.carrier == "UA" { row.carrier = carrier }
        return row
      }
      let table = try merge([monthFeatures(flightsCSV(rows))])
      let split = split(table, seed: 1)
      let encoding = try fitEncoding(table, split)
      let models = try TrainingSettings.grid.prefix(3).map { settings in
        try train(table, split, encoding: encoding, settings: settings, seed: 1)
      }
      let evaluations = try models.map { try evaluate($0, table, split, on: .validation) }
      choice = try choose(models, evaluations)
      test = try evaluate(choice.model, table, split, on: .test)
      profile = try describe(table, split)
    }

    func page(airlines: NameTable = NameTable()) -> String {
      report(choice, test, profile, airlines: airlines, airports: NameTable())
    }
  }

  @Test func `the pipeline finds what is in the data`() throws {
    let outcome = try Outcome()
    #expect(outcome.test.areaUnderCurve > 0.62)
    #expect(outcome.test.logLoss < outcome.test.baseLogLoss)
    let effects = strongestEffects(
      of: outcome.choice.model, count: 3, airlines: NameTable(), airports: NameTable())
    #expect(effects.raising.first?.words == "Airline: B6")
    #expect(effects.raising.allSatisfy { $0.odds > 1 })
    #expect(effects.lowering.allSatisfy { $0.odds < 1 })
  }

  @Test func `the page holds its numbers`() throws {
    let outcome = try Outcome()
    let page = outcome.page()
    for number in [
      "AUC " + fixed(outcome.test.areaUnderCurve, 3), percent(outcome.test.accuracy, 1),
      "base rate " + percent(outcome.test.baseAccuracy, 1), grouped(outcome.test.flights),
      fixed(outcome.test.logLoss, 3), fixed(outcome.test.brier, 3), "3,000", "January 2013",
    ] {
      #expect(page.contains(number), "\(number)")
    }
    #expect(page.contains("class=\"chosen\""))
    #expect(page.utf8.count < 80_000)
  }

  @Test func `the summary holds the final figures beside chance and base rate`() throws {
    let outcome = try Outcome()
    let lines = summary(outcome.choice, outcome.test)
    #expect(lines.contains("AUC \(fixed(outcome.test.areaUnderCurve, 3)) (chance 0.500, "))
    let base = percent(outcome.test.baseAccuracy, 1)
    #expect(
      lines.contains("accuracy \(percent(outcome.test.accuracy, 1)) (base rate \(base))"))
  }

  @Test func `equal arguments give equal bytes`() throws {
    #expect(try Outcome().page() == Outcome().page())
  }

  @Test func `the page asks for nothing from anywhere`() throws {
    let page = try Outcome().page()
    for word in ["src=", "<script", "<link", "@import", "url(", "<a "] {
      #expect(!page.contains(word), "\(word)")
    }
    // The only address is the name of SVG's language.
    #expect(page.split(separator: "http").count - 1 == 4)
    #expect(page.components("xmlns=\"http://www.w3.org/2000/svg\"") == 4)
  }

  @Test func `names are escaped and tags are balanced`() throws {
    let airlines = NameTable(codes: ["U<A"], names: ["Un\"ited & <b>Sons"])
    let page = try Outcome(carrier: "U<A").page(airlines: airlines)
    #expect(page.contains("Un&quot;ited &amp; &lt;b&gt;Sons"))
    #expect(!page.contains("<b>"))
    #expect(try unbalancedTag(in: page) == nil)
  }

  @Test func `ids are there once, and what labels a plot exists`() throws {
    let page = try Outcome().page()
    let ids = page.values(of: "id")
    #expect(Set(ids).count == ids.count)
    let labels = page.values(of: "aria-labelledby").flatMap { $0.split(separator: " ") }
    #expect(labels.count == 8)
    #expect(labels.allSatisfy { ids.contains(String($0)) })
  }

  @Test func `a page of very little data is still a page`() throws {
    let outcome = try Outcome()
    var profile = outcome.profile
    profile.byHour = []
    profile.byCarrier = []
    var test = outcome.test
    test.calibration = []
    test.curve = ROCCurve(falseAlarms: [0, 1], found: [0, 1])
    let page = report(
      outcome.choice, test, profile, airlines: NameTable(), airports: NameTable())
    #expect(try unbalancedTag(in: page) == nil)
    #expect(!page.contains("nan") && !page.contains("inf\""))
  }
}

/// The first tag that does not close what was opened last, or that is never closed.
private func unbalancedTag(in page: String) throws -> String? {
  var open: [Substring] = []
  var rest = page[...]
  while let start = rest.firstIndex(of: "<") {
    let end = try #require(rest[start...].firstIndex(of: ">"))
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    if tag.hasPrefix("!DOCTYPE") || tag.hasSuffix("/") { continue }
    if tag.hasPrefix("/") {
      guard open.popLast() == tag.dropFirst() else { return String(tag) }
    } else {
      open.append(tag.prefix { $0 != " " })
    }
  }
  return open.last.map(String.init)
}

extension String {
  fileprivate func values(of attribute: String) -> [String] {
    var result: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: " \(attribute)=\"") {
      rest = rest[range.upperBound...]
      result.append(String(rest.prefix { $0 != "\"" }))
    }
    return result
  }

  fileprivate func components(_ separator: String) -> Int {
    ranges(of: separator).count
  }
}
