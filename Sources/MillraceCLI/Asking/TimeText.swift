import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A time as it is written on a command line.
///
/// `2026-11-01`, `2026-11-01 14:05`, `2026-11-01T14:05:09`, in the time zone of the process, or with a `Z` at the
/// end in UTC. A day or a minute stands for its end, so that what was recorded in it counts.
struct TimeText {
  let time: LogicalTime

  init(_ text: String) throws(Settings.Problem) {
    guard let seconds = Self.seconds(text) else {
      throw Settings.Problem(
        "'\(text)' is no time; write '2026-11-01', '2026-11-01 14:05' or '2026-11-01T14:05:09Z'.")
    }
    time = LogicalTime(nanoseconds: UInt64(seconds) * 1_000_000_000 + 999_999_999)
  }

  /// The last second of what a text says, since the beginning of 1970.
  private static func seconds(_ text: String) -> Int? {
    let isUTC = text.hasSuffix("Z")
    let body = isUTC ? text.dropLast() : text[...]
    let halves = body.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
    guard (1...2).contains(halves.count), body.count >= 10,
      let date = numbers(halves[0], "-"), date.count == 3,
      let clock = halves.count == 1 ? [23, 59, 59] : numbers(halves[1], ":"),
      (2...3).contains(clock.count)
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
      Int32(date[0] - 1900), Int32(date[1] - 1), Int32(date[2])
    )
    (parts.tm_hour, parts.tm_min) = (Int32(clock[0]), Int32(clock[1]))
    parts.tm_sec = clock.count == 3 ? Int32(clock[2]) : 59
    parts.tm_isdst = -1
    guard (1970...2261).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]),
      (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...59).contains(parts.tm_sec)
    else { return nil }
    let wanted = parts
    let seconds = isUTC ? timegm(&parts) : mktime(&parts)
    // A day that a month does not have has become one of the next.
    return parts.tm_mday == wanted.tm_mday && seconds >= 0 ? Int(seconds) : nil
  }

  private static func numbers(_ text: Substring, _ separator: Character) -> [Int]? {
    let pieces = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = pieces.compactMap { piece in
      piece.count == 2 || piece.count == 4 ? Int(piece) : nil
    }
    return numbers.count == pieces.count ? numbers : nil
  }
}
