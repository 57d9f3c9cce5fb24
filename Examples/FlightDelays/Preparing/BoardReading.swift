import Millrace

/// What an airport's board says about the flights before one to come, column by column.
///
/// The board is read one hour before the scheduled departure, the *cut-off*. It shows the flights
/// that were to leave in the four hours before the cut-off. Each has a *delay so far*: if it left
/// before the cut-off, its departure delay; if not, the minutes it has been waiting for. Actual
/// departures at or after the cut-off are thus never seen, and a flight does not see itself, as its
/// own scheduled departure lies an hour after the cut-off.
struct BoardReadings: Equatable {
  /// The mean delay so far of the flight's own airline in minutes, each flight's taken between −10
  /// and 120; that of all airlines if its own had no flight, NaN if none had.
  var airlineDelay: [Double] = []
  /// The share of flights whose delay so far exceeds 15 minutes; NaN if no flight was to leave.
  var lateShare: [Double] = []
  /// The share of flights that have not left by the cut-off; NaN if no flight was to leave.
  var waitingShare: [Double] = []
  /// Flights scheduled to leave the airport within half an hour of the flight, itself included.
  var traffic: [Double] = []
}

/// Minutes from reading the board to the scheduled departure.
@Tracked
let boardLead: Int32 = 60

/// Minutes of schedule that are read from the board.
@Tracked
let boardWindow: Int32 = 240

/// Reads the board once for each flight.
///
/// - Complexity: O(*n* (log *n* + *w*)) for *n* flights and *w* flights in a window.
@Tracked
func readBoard(_ board: DepartureBoard, for flights: CleanFlights) -> BoardReadings {
  let airport = flights.origin.names.map { board.airports.firstIndex(of: $0) }
  let carrier = flights.carrier.names.map { name in
    Int32(board.carrier.names.firstIndex(of: name) ?? -1)
  }
  var readings = BoardReadings()
  board.scheduled.withUnsafeBufferPointer { scheduled in
    board.departed.withUnsafeBufferPointer { departed in
      board.carrier.codes.withUnsafeBufferPointer { carriers in
        for flight in 0..<flights.count {
          guard let airport = airport[Int(flights.origin.codes[flight])] else {
            readings.addReading(BoardSum(), traffic: 1)
            continue
          }
          let start = Int(board.starts[airport])
          let end = Int(board.starts[airport + 1])
          let departure = flights.scheduled[flight]
          let cutoff = departure - boardLead
          let own = carrier[Int(flights.carrier.codes[flight])]
          var sum = BoardSum()
          var row = firstRow(of: scheduled, from: start, to: end, atLeast: cutoff - boardWindow)
          while row < end, scheduled[row] < cutoff {
            let left = departed[row]
            let waits = left == .missing || left >= cutoff
            let delay = (waits ? cutoff : left) - scheduled[row]
            sum.add(delay: delay, waits: waits, ownAirline: carriers[row] == own)
            row += 1
          }
          let near = firstRow(of: scheduled, from: start, to: end, atLeast: departure - 30)
          let beyond = firstRow(of: scheduled, from: near, to: end, atLeast: departure + 31)
          readings.addReading(sum, traffic: beyond - near)
        }
      }
    }
  }
  return readings
}

/// Running totals over a window of the board.
@Tracked
private struct BoardSum {
  var flights: Int32 = 0
  var delay: Int32 = 0
  var late: Int32 = 0
  var waiting: Int32 = 0
  var ownFlights: Int32 = 0
  var ownDelay: Int32 = 0

  mutating func add(delay: Int32, waits: Bool, ownAirline: Bool) {
    let bounded = delay < -10 ? -10 : delay > 120 ? 120 : delay
    flights &+= 1
    self.delay &+= bounded
    if delay > 15 { late &+= 1 }
    if waits { waiting &+= 1 }
    if ownAirline {
      ownFlights &+= 1
      ownDelay &+= bounded
    }
  }
}

@Tracked
extension BoardReadings {
  fileprivate mutating func addReading(_ sum: BoardSum, traffic: Int) {
    let count = sum.flights == 0 ? Double.nan : Double(sum.flights)
    let mean = Double(sum.delay) / count
    airlineDelay.append(sum.ownFlights == 0 ? mean : Double(sum.ownDelay) / Double(sum.ownFlights))
    lateShare.append(Double(sum.late) / count)
    waitingShare.append(Double(sum.waiting) / count)
    self.traffic.append(Double(traffic))
  }
}

/// The first row from `start` whose time is at least `time`, or `end`; by bisection.
@Tracked
private func firstRow(
  of times: UnsafeBufferPointer<Int32>, from start: Int, to end: Int, atLeast time: Int32
) -> Int {
  var low = start
  var high = end
  while low < high {
    let middle = (low + high) / 2
    if times[middle] < time { low = middle + 1 } else { high = middle }
  }
  return low
}
