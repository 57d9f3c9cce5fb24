import Millrace

/// All scheduled flights by airport and scheduled time, with the time each actually left: what the
/// boards of the airports showed.
///
/// It is made from the published table, not from the cleaned one: whether a flight will later be
/// diverted is not known while it is on the board.
struct DepartureBoard: Codable, Sendable, Equatable {
  /// The airports that flights leave from.
  var airports: [String]
  /// Where each airport's flights begin in the columns below; one more element than airports.
  var starts: [Int32]
  /// Minutes since 1970-01-01T00:00Z; ascending within an airport.
  var scheduled: [Int32]
  /// The actual departure in the same minutes, or missing if the flight never left.
  var departed: [Int32]
  var carrier: CategoryColumn
}

/// Sets up the departure boards of a month.
///
/// - Complexity: O(*n* log *n*) for *n* flights.
@Task
func departures(of table: FlightTable) -> DepartureBoard {
  let airport = table.origin.codes
  let scheduled = table.scheduled
  let order = (0..<table.count).sorted { left, right in
    if airport[left] != airport[right] { return airport[left] < airport[right] }
    if scheduled[left] != scheduled[right] { return scheduled[left] < scheduled[right] }
    return left < right
  }

  var board = DepartureBoard(
    airports: table.origin.names, starts: [0], scheduled: [], departed: [],
    carrier: CategoryColumn(names: table.carrier.names, codes: []))
  for row in order {
    while board.starts.count <= Int(airport[row]) {
      board.starts.append(Int32(board.scheduled.count))
    }
    let delay = table.departureDelay[row]
    board.scheduled.append(scheduled[row])
    board.departed.append(delay == .missing ? .missing : scheduled[row] + delay)
    board.carrier.codes.append(table.carrier.codes[row])
  }
  while board.starts.count <= board.airports.count {
    board.starts.append(Int32(board.scheduled.count))
  }
  return board
}
