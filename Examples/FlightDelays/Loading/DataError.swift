import Millrace

/// What is wrong with an input, as one sentence that says where it is and what to do.
///
/// The offending text itself is quoted up to 40 characters, so that a message stays one line.
@Tracked
struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The display name of the file, or nil where the trouble is in no one file.
  var file: String?
  /// The line, counted from 1 with the header; nil where the whole file is meant.
  var line: Int?
  /// The column's name in the header.
  var column: String?
  /// What is wrong, without the place and without a full stop.
  var problem: String

  init(file: String? = nil, line: Int? = nil, column: String? = nil, _ problem: String) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
  }

  var description: String {
    var place: [String] = []
    if let file { place.append(file) }
    if let line { place.append("line \(line)") }
    if let column { place.append("column '\(column)'") }
    return place.isEmpty ? problem : place.joined(separator: ", ") + ": " + problem
  }
}
