import Testing

@testable import FlightDelays

@Suite struct CSVTests {
  private func fields(_ text: String, columns: [String] = ["a", "b"]) throws -> [[String]] {
    var rows: [[String]] = []
    try readCSV(Array(text.utf8), name: "t.csv", columns: columns) { row in
      rows.append(
        columns.indices.map { String(decoding: row.bytes($0), as: UTF8.self) })
    }
    return rows
  }

  @Test(arguments: [
    "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4", "a,b\n1,2\n3,4",
    "\u{FEFF}a,b\n\n1,2\r\n\r\n\n3,4\n\n", "\"a\",\"b\"\n\"1\",2\n3,\"4\"", "b,x,a\n2,,1\n4,,3",
  ])
  func `the same records are read from every spelling`(_ text: String) throws {
    #expect(try fields(text) == [["1", "2"], ["3", "4"]])
  }

  @Test func `quoted fields keep commas, line ends and doubled quotes`() throws {
    #expect(
      try fields("a,b\n\"1,5\",\"say \"\"yes\"\"\"\n\"x\ny\",\"\"\n")
        == [["1,5", "say \"yes\""], ["x\ny", ""]])
  }

  @Test func `a file of only a header has no records`() throws {
    #expect(try fields("a,b\n").isEmpty)
  }

  @Test(arguments: [
    ("", "t.csv: the file is empty"),
    ("\n\n", "t.csv: the file is empty"),
    ("a,c\n1,2", "t.csv, line 1, column 'b': the header lacks this column; it has a, c"),
    ("a,b,a\n1,2,3", "t.csv, line 1, column 'a': the header has this column twice"),
    (
      "a,b\n1,2\n3\n",
      "t.csv, line 3: the record has 1 fields where the header has 2; is the file cut short?"
    ),
    (
      "a,b\n1,2,3\n",
      "t.csv, line 2: the record has 3 fields where the header has 2; is the file cut short?"
    ),
    ("a,b\n\"1\n2\",3\n4,\"5", "t.csv, line 4: a quoted field is never closed"),
    (
      "a,b\n1,\"2\"x\n",
      "t.csv, line 2: text follows the closing quote of field 2; double the quotes inside it"
    ),
  ])
  func `a file that cannot be read is refused with its place`(_ text: String, _ message: String) {
    let error = #expect(throws: DataError.self) { try fields(text) }
    #expect(error?.description == message)
  }
}
