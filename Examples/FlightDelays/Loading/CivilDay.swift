import Millrace

/// The number of days from 1970-01-01 to a date of the Gregorian calendar; nil if there is no such
/// date.
///
/// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
@Tracked
func civilDay(year: Int32, month: Int32, day: Int32) -> Int32? {
  guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
  let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  let length: Int32 =
    month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  guard day <= length else { return nil }

  // Years that begin in March put the leap day last, so month lengths follow one formula.
  let shifted = month <= 2 ? year - 1 : year
  let era = shifted / 400
  let yearOfEra = shifted - 400 * era
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  let dayOfEra = 365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return 146_097 * era + dayOfEra - 719_468
}

/// The date of a day since 1970-01-01, for the years from 1 to 9999.
///
/// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
@Tracked
func date(ofCivilDay day: Int32) -> (year: Int, month: Int, day: Int) {
  let shifted = Int(day) + 719_468
  let era = shifted / 146_097
  let dayOfEra = shifted - 146_097 * era
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return (
    year: yearOfEra + 400 * era + (month <= 2 ? 1 : 0), month: month,
    day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
  )
}

/// The weekday of a day since 1970-01-01: 0 for Monday to 6 for Sunday.
@Tracked
func weekday(ofCivilDay day: Int32) -> Int {
  // 1970-01-01 was a Thursday.
  let remainder = (Int(day) + 3) % 7
  return remainder < 0 ? remainder + 7 : remainder
}

/// The weekdays' names, from Monday.
@Tracked
let weekdayNames = [
  "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
]

/// The months' names, from January.
@Tracked
let monthNames = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December",
]
