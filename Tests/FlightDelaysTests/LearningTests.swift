import Testing

@testable import FlightDelays

@Suite struct RandomNumbersTests {
  @Test func `streams of one seed differ, and equal ones do not`() {
    func first(_ seed: UInt64, _ stream: UInt64) -> [UInt64] {
      var random = RandomNumbers(seed: seed, stream: stream)
      return (0..<4).map { _ in random.next() }
    }
    #expect(first(1, 0) == first(1, 0))
    #expect(Set([first(1, 0), first(1, 1), first(2, 0), first(0, 0), first(0, 1)]).count == 5)
  }

  @Test func `a shuffle keeps the elements and gives each place its share`() {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 4), count: 4)
    var random = RandomNumbers(seed: 3)
    for _ in 0..<4000 {
      var elements = [0, 1, 2, 3]
      random.shuffle(&elements)
      #expect(elements.sorted() == [0, 1, 2, 3])
      for (place, element) in elements.enumerated() { counts[place][element] += 1 }
    }
    #expect(counts.allSatisfy { $0.allSatisfy { (880...1120).contains($0) } })
  }
}

@Suite struct ArithmeticTests {
  @Test(arguments: [
    (0.0, 1.0), (1, 2.718281828459045), (-1, 0.36787944117144233), (10, 22026.465794806718),
    (0.5, 1.6487212707001282), (-20, 2.061153622438558e-09), (100, 2.6881171418161356e+43),
  ])
  func `the exponential and the logarithm agree with published values`(_ x: Double, _ e: Double) {
    #expect(abs(exponential(x) / e - 1) < 4e-15)
    #expect(abs(logarithm(e) - x) < 4e-15 * max(1, abs(x)))
  }

  @Test func `the logarithm undoes the exponential`() {
    for step in -6900...6900 {
      let x = Double(step) / 10
      #expect(abs(logarithm(exponential(x)) - x) <= 1e-14 * max(1, abs(x)))
    }
  }

  @Test func `extremes stay finite and NaN stays NaN`() {
    #expect(logistic(-1e9) > 0)
    #expect(logistic(1e9) == 1)
    #expect(logistic(.nan).isNaN)
    #expect(logLoss(0, late: true).isFinite)
    #expect(logLoss(1, late: true) == 0)
  }
}

@Suite struct FeatureEncodingTests {
  @Test func `the encoding is fitted on the training part alone`() throws {
    let table = try monthFeatures(flightsCSV(syntheticFlights(days: 20, perDay: 40)))
    let split = split(table, seed: 1)
    var changed = table
    for row in split.test + split.validation {
      for column in changed.numeric.indices { changed.numeric[column].values[Int(row)] = 1e6 }
      changed.categories[0].values.codes[Int(row)] = 0
    }
    #expect(try fitEncoding(table, split) == fitEncoding(changed, split))
  }

  @Test func `numbers are standardised, missing ones become the mean`() throws {
    var table = try monthFeatures(flightsCSV([FlightRow](repeating: FlightRow(), count: 4)))
    table.numeric = [.init(id: "distance", values: [1, 3, .nan, 100])]
    table.categories = []
    let split = Split(training: [0, 1, 2], validation: [], test: [3])
    let encoding = try fitEncoding(table, split)
    #expect(encoding.numeric == [.init(id: "distance", mean: 2, deviation: 1)])
    let rows = try EncodedRows(table, rows: [0, 1, 2, 3], encoding: encoding)
    #expect(rows.numbers == [-1, 1, 0, 98])
  }

  @Test func `rare and unknown names share a slot`() throws {
    let rows = (0..<103).map { FlightRow(carrier: $0 < 50 ? "AA" : $0 < 100 ? "UA" : "RARE") }
    var table = try monthFeatures(flightsCSV(rows + [FlightRow(carrier: "NEW")]))
    table.numeric = []
    table.categories.removeAll { $0.id != "carrier" }
    let split = Split(training: (0..<103).map { $0 }, validation: [], test: [103])
    let encoding = try fitEncoding(table, split)
    #expect(encoding.categories[0].levels == ["AA", "UA"])
    #expect(encoding.categories[0].counts == [50, 50, 3])
    #expect(encoding.width == 3)
    let encoded = try EncodedRows(table, rows: [0, 99, 100, 103], encoding: encoding)
    #expect(encoded.slots == [0, 1, 2, 2])
  }

  @Test func `a table with other features is refused`() throws {
    let table = try monthFeatures(flightsCSV([FlightRow()]))
    let encoding = try fitEncoding(table, Split(training: [0], validation: [], test: []))
    var other = table
    other.categories.removeLast()
    #expect(throws: DataError.self) { try EncodedRows(other, rows: [0], encoding: encoding) }
  }

  @Test func `an empty training part is an error`() throws {
    let table = try monthFeatures(flightsCSV([FlightRow()]))
    #expect(throws: DataError.self) {
      try fitEncoding(table, Split(training: [], validation: [0], test: []))
    }
  }
}

@Suite struct TrainingTests {
  /// A table with two numbers and a name, whose lateness follows known weights.
  private static func known(count: Int) throws -> (FeatureTable, Split) {
    var random = RandomNumbers(seed: 5)
    func number() -> Double { Double(random.next(below: 1 << 20)) / Double(1 << 20) }
    // The sum of twelve is close to a normal number.
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + number() } }
    var table = try monthFeatures(
      flightsCSV((0..<count).map { FlightRow(carrier: $0 % 2 == 0 ? "AA" : "UA") }))
    let first = (0..<count).map { _ in normal() }
    let second = (0..<count).map { _ in 3 * normal() + 7 }
    table.numeric = [.init(id: "x", values: first), .init(id: "y", values: second)]
    table.categories.removeAll { $0.id != "carrier" }
    for row in 0..<count {
      let z = -0.5 + 1.2 * first[row] - 0.8 * (second[row] - 7) / 3 + (row % 2 == 0 ? 0.5 : -0.5)
      table.arrivalDelay[row] = number() < logistic(z) ? 60 : 0
    }
    return (table, Split(training: (0..<Int32(count)).map { $0 }, validation: [], test: []))
  }

  @Test func `known weights are found again`() throws {
    let (table, split) = try Self.known(count: 20_000)
    let model = try train(
      table, split, encoding: fitEncoding(table, split),
      settings: TrainingSettings(learningRate: 0.1, penalty: 0), seed: 1)
    #expect(abs(model.weights[0] - 1.2) < 0.07)
    #expect(abs(model.weights[1] + 0.8) < 0.07)
    #expect(abs(model.weights[2] - model.weights[3] - 1) < 0.1)
  }

  @Test func `training lowers the loss, and the penalty the weights`() throws {
    let (table, split) = try Self.known(count: 3000)
    let encoding = try fitEncoding(table, split)
    func model(penalty: Double) throws -> Model {
      try train(
        table, split, encoding: encoding,
        settings: TrainingSettings(learningRate: 0.02, penalty: penalty), seed: 1)
    }
    let free = try model(penalty: 0)
    let held = try model(penalty: 0.5)
    #expect(free.trainingLoss.count == free.settings.passes)
    #expect(zip(free.trainingLoss, free.trainingLoss.dropFirst()).allSatisfy { $0 > $1 })
    #expect(free.trainingLoss[0] < 0.69)
    #expect(abs(held.weights[0]) < abs(free.weights[0]) / 2)
  }

  @Test func `equal arguments give equal bits, another seed another order`() throws {
    let (table, split) = try Self.known(count: 1000)
    let encoding = try fitEncoding(table, split)
    func model(seed: UInt64) throws -> Model {
      try train(
        table, split, encoding: encoding,
        settings: TrainingSettings(learningRate: 0.1, penalty: 0.001), seed: seed)
    }
    #expect(try model(seed: 1) == model(seed: 1))
    #expect(try model(seed: 1).weights != model(seed: 2).weights)
  }

  @Test func `only the training part is learned from`() throws {
    let (table, _) = try Self.known(count: 1000)
    let split = Split(
      training: (0..<600).map { $0 }, validation: (600..<800).map { $0 },
      test: (800..<1000).map { $0 })
    var changed = table
    for row in 600..<1000 { changed.arrivalDelay[row] = 500 }
    let settings = TrainingSettings(learningRate: 0.1, penalty: 0.001)
    let encoding = try fitEncoding(table, split)
    let model = try train(table, split, encoding: encoding, settings: settings, seed: 1)
    #expect(try train(changed, split, encoding: encoding, settings: settings, seed: 1) == model)
  }

  @Test(arguments: [
    TrainingSettings(learningRate: 0, penalty: 0),
    TrainingSettings(learningRate: .infinity, penalty: 0),
    TrainingSettings(learningRate: 0.1, penalty: -1),
    TrainingSettings(learningRate: 0.5, penalty: 2),
    TrainingSettings(learningRate: 0.1, penalty: 0, passes: 0),
    TrainingSettings(learningRate: 0.1, penalty: 0, batch: 0),
  ])
  func `settings that cannot train are refused`(_ settings: TrainingSettings) throws {
    let (table, split) = try Self.known(count: 100)
    let encoding = try fitEncoding(table, split)
    #expect(throws: DataError.self) {
      try train(table, split, encoding: encoding, settings: settings, seed: 1)
    }
  }

  @Test func `flights of one kind alone are refused`() throws {
    let table = try monthFeatures(flightsCSV([FlightRow(), FlightRow()]))
    let split = Split(training: [0, 1], validation: [], test: [])
    let encoding = try fitEncoding(table, split)
    let error = #expect(throws: DataError.self) {
      try train(
        table, split, encoding: encoding, settings: TrainingSettings.grid[0], seed: 1)
    }
    #expect(error?.description.hasPrefix("0 of 2 training flights are late") == true)
  }
}
