import Millrace

/// Finds the texts in a folder and the folders below it.
@Task
func listTexts(in folder: InputDirectory) throws -> [InputFile] {
  try folder.files(matching: "*.md")
}

/// Cuts a text into sections at its headings, and counts the terms of each.
@Task
func readSections(of file: InputFile) throws -> [Section] {
  var sections: [Section] = []
  var section = Section(path: file.path, line: 1, heading: file.name)
  var isCode = false
  let lines = try file.text().split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  for (number, line) in lines.enumerated() {
    if line.hasPrefix("```") { isCode.toggle() }
    if !isCode, line.hasPrefix("#") {
      if section.length > 0 { sections.append(section) }
      let heading = line.drop { $0 == "#" || $0 == " " }
      section = Section(path: file.path, line: number + 1, heading: String(heading))
    }
    for term in terms(of: line) {
      section.counts[term, default: 0] += 1
      section.length += 1
    }
  }
  if section.length > 0 { sections.append(section) }
  return sections
}

/// Turns the sections of all files inside out: from the term to where it stands.
@Task
func makeIndex(of files: [[Section]]) -> SearchIndex { SearchIndex(Array(files.joined())) }

/// A heading with what follows it.
@Tracked
struct Section: Codable, Sendable, Equatable {
  var path: String
  /// The heading's, from 1.
  var line: Int
  var heading: String
  var counts: [String: Int] = [:]
  /// Terms in all.
  var length = 0
}

/// What is asked of the index: in which sections a term stands, and how often.
@Tracked
struct SearchIndex: Codable, Sendable, Equatable {
  /// Parallel lists, which are encoded as blocks of numbers.
  struct Postings: Codable, Sendable, Equatable {
    var sections: [Int32] = []
    var counts: [Int32] = []
  }

  struct Place: Codable, Sendable, Equatable {
    var path: String
    var line: Int
    var heading: String
  }

  private(set) var places: [Place] = []
  private(set) var lengths: [Int32] = []
  private(set) var postings: [String: Postings] = [:]

  init(_ sections: [Section]) {
    for (number, section) in sections.enumerated() {
      places.append(Place(path: section.path, line: section.line, heading: section.heading))
      lengths.append(Int32(section.length))
      for (term, count) in section.counts {
        postings[term, default: Postings()].sections.append(Int32(number))
        postings[term, default: Postings()].counts.append(Int32(count))
      }
    }
  }
}

/// The terms of a text: runs of letters and digits in lower case.
@Tracked
func terms(of text: some StringProtocol) -> [String] {
  text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
}
