import Testing

@testable import FlightDelays

@Suite struct CivilDayTests {
  @Test(arguments: [
    (1970, 1, 1, 0), (1970, 3, 1, 59), (2000, 2, 29, 11_016), (2013, 1, 1, 15_706),
    (1969, 12, 31, -1),
  ])
  func `dates become days and days dates`(
    _ year: Int32, _ month: Int32, _ day: Int32, _ days: Int32
  ) {
    #expect(civilDay(year: year, month: month, day: day) == days)
    #expect(date(ofCivilDay: days) == (Int(year), Int(month), Int(day)))
  }

  @Test func `every day of four centuries comes back, in order`() {
    var expected = civilDay(year: 1900, month: 1, day: 1) ?? 0
    for year in Int32(1900)..<2300 {
      for month in Int32(1)...12 {
        for day in Int32(1)...31 {
          guard let days = civilDay(year: year, month: month, day: day) else { continue }
          #expect(days == expected)
          expected += 1
        }
      }
    }
    #expect(date(ofCivilDay: expected - 1) == (2299, 12, 31))
  }

  @Test(arguments: [(2013, 2, 29), (1900, 2, 29), (2013, 4, 31), (2013, 13, 1), (2013, 1, 0)])
  func `there is no such date`(_ year: Int32, _ month: Int32, _ day: Int32) {
    #expect(civilDay(year: year, month: month, day: day) == nil)
  }

  @Test(arguments: [(0, "Thursday"), (15_706, "Tuesday"), (-1, "Wednesday"), (-4, "Sunday")])
  func `weekdays have their names`(_ day: Int32, _ name: String) {
    #expect(weekdayNames[weekday(ofCivilDay: day)] == name)
  }
}
