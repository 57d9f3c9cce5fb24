@testable import FlightDelays

/// A flight as a test writes it; January 2013 unless another month is asked for.
struct FlightRow {
  var day = 1
  var hour = 12
  var minute = 0
  var departureDelay: Int? = 0
  var arrivalDelay: Int? = 0
  var carrier = "AA"
  var origin = "JFK"
  var destination = "BOS"
  var distance = 187
}

/// The columns of nycflights13, in its order.
let flightHeader =
  "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,"
  + "flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour"

/// A file of flights.
func flightsCSV(_ rows: [FlightRow], month: Int = 1) -> [UInt8] {
  var text = flightHeader + "\n"
  for row in rows {
    let delay = row.departureDelay.map(String.init) ?? "NA"
    let left = row.departureDelay.map { String(600 + $0) } ?? "NA"
    let arrival = row.arrivalDelay.map(String.init) ?? "NA"
    let arrived = row.arrivalDelay.map { String(900 + $0) } ?? "NA"
    let fields = [
      "2013", "\(month)", "\(row.day)", left, "\(100 * row.hour + row.minute)", delay, arrived,
      "900", arrival, row.carrier, "17", "N1", row.origin, row.destination, arrived,
      "\(row.distance)", "\(row.hour)", "\(row.minute)",
      timeHour(month: month, day: row.day, hour: row.hour),
    ]
    text += fields.joined(separator: ",") + "\n"
  }
  return Array(text.utf8)
}

/// The hour in UTC of a local hour in New York's winter.
func timeHour(month: Int = 1, day: Int, hour: Int) -> String {
  let first = civilDay(year: 2013, month: Int32(month), day: 1) ?? 0
  let utc = 24 * (Int(first) + day - 1) + hour + 5
  let date = date(ofCivilDay: Int32(utc / 24))
  func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
  return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(utc % 24)):00:00Z"
}

/// A file of weather with a gustless reading for each hour; the temperature tells the row.
func weatherCSV(_ rows: [(airport: String, day: Int, hour: Int, temperature: Double)]) -> [UInt8] {
  var text = "origin,temp,humid,wind_speed,wind_gust,precip,pressure,visib,time_hour\n"
  for row in rows {
    text += "\(row.airport),\(row.temperature),50,10,NA,0,NA,10,"
    text += timeHour(day: row.day, hour: row.hour) + "\n"
  }
  return Array(text.utf8)
}

/// Takes a file of flights through the stages of a month.
func monthFeatures(_ flights: [UInt8], weather: [UInt8]? = nil) throws -> FeatureTable {
  let table = try parseFlights(flights, name: "flights.csv")
  let weather = try weather.map { try parseWeather($0, name: "weather.csv") } ?? .empty
  return features(join(clean(table), weather), departures(of: table))
}

/// Flights over some days whose lateness depends on the airline and the hour, with some chance.
func syntheticFlights(days: Int, perDay: Int, seed: UInt64 = 1) -> [FlightRow] {
  var random = RandomNumbers(seed: seed)
  var rows: [FlightRow] = []
  for day in 1...days {
    for _ in 0..<perDay {
      var row = FlightRow(day: day)
      row.hour = 6 + random.next(below: 16)
      row.minute = random.next(below: 60)
      row.carrier = ["AA", "B6", "UA"][random.next(below: 3)]
      row.origin = ["EWR", "JFK", "LGA"][random.next(below: 3)]
      row.destination = ["BOS", "ORD"][random.next(below: 2)]
      let risk = (row.carrier == "B6" ? 50 : 15) + 2 * (row.hour - 6)
      let isLate = random.next(below: 100) < risk
      row.departureDelay = isLate ? 20 + random.next(below: 60) : random.next(below: 15) - 8
      row.arrivalDelay = (row.departureDelay ?? 0) + (isLate ? 0 : -3)
      rows.append(row)
    }
  }
  return rows
}

/// The numeric and named features of one row, by identifier.
func featureRow(_ table: FeatureTable, _ row: Int) -> [String: String] {
  var result: [String: String] = [:]
  for feature in table.numeric { result[feature.id] = "\(feature.values[row])" }
  for feature in table.categories {
    result[feature.id] = feature.values.names[Int(feature.values.codes[row])]
  }
  return result
}
