import Testing

@testable import FlightDelays

@Suite struct CSVRowTests {
  private func read<Value>(_ field: String, _ body: (CSVRow) throws -> Value) throws -> Value? {
    var result: Value?
    try readCSV(Array("v,w\n\(field),1\n".utf8), name: "t.csv", columns: ["v"]) { row in
      result = try body(row)
    }
    return result
  }

  @Test(arguments: [("12", 12), ("-7", -7), ("0", 0), ("NA", Int32.missing), ("", Int32.missing)])
  func `whole numbers may be missing`(_ field: String, _ value: Int32) throws {
    #expect(try read(field) { try $0.integerOrMissing(0) } == value)
  }

  @Test(arguments: ["1.5", "x", "-", "9999999999", "1 ", "+1"])
  func `what is no whole number is refused`(_ field: String) {
    let error = #expect(throws: DataError.self) { try read(field) { try $0.integerOrMissing(0) } }
    #expect(
      error?.description
        == "t.csv, line 2, column 'v': '\(field)' is not a whole number; write NA for a missing "
        + "value")
  }

  @Test(arguments: [("10.357019999999999", 10.357019999999999), ("-3", -3), ("1e2", 100)])
  func `decimals are read exactly`(_ field: String, _ value: Double) throws {
    #expect(try read(field) { try $0.decimalOrMissing(0) } == value)
  }

  @Test func `a missing decimal is not a number`() throws {
    #expect(try read("NA") { try $0.decimalOrMissing(0) }?.isNaN == true)
  }

  @Test(arguments: ["inf", "nan", "1,5x", "abc"])
  func `what is no finite number is refused`(_ field: String) {
    #expect(throws: DataError.self) {
      try read("\"\(field)\"") { try $0.decimalOrMissing(0) }
    }
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("1970-01-02 05:30:00", 29), ("1969-12-31T23:00:00Z", -1),
    ("2013-01-01T10:00:00Z", 376_954),
  ])
  func `times become hours`(_ field: String, _ hours: Int32) throws {
    #expect(try read(field) { try $0.hourOfTime(0) } == hours)
  }

  @Test(arguments: [
    "2013-02-29T10:00:00Z", "2013-01-01T24:00:00Z", "2013-1-1", "NA", "9999-01-01T00",
  ])
  func `what is no time is refused`(_ field: String) {
    #expect(throws: DataError.self) { try read(field) { try $0.hourOfTime(0) } }
  }

  @Test func `a value out of range is refused with the range`() {
    let error = #expect(throws: DataError.self) { try read("13") { try $0.integer(0, in: 1...12) } }
    #expect(error?.description == "t.csv, line 2, column 'v': 13 is outside 1 to 12")
  }
}
