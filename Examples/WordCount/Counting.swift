import Millrace

/// Finds the texts in a folder and the folders below it.
///
/// - Throws: ``NoTexts`` if there are none.
@Task
func listTexts(in folder: InputDirectory, ending ext: String) throws -> [InputFile] {
  let texts = try folder.files(matching: "*.\(ext)")
  guard !texts.isEmpty else { throw NoTexts(folder: folder.path, ext: ext) }
  return texts
}

/// Counts how often each word stands in a text.
@Task
func countWords(in file: InputFile) throws -> [String: Int] {
  let text = try file.text()
  let isMarkdown = file.name.hasSuffix(".md")
  return words(in: isMarkdown ? prose(ofMarkdown: text) : text)
    .reduce(into: [:]) { counts, word in counts[word, default: 0] += 1 }
}

/// Adds up the counts of all files.
@Task
func merge(_ counts: [[String: Int]]) -> Vocabulary {
  var vocabulary = Vocabulary(files: counts.count)
  for part in counts {
    for (word, count) in part {
      vocabulary.words[word, default: Vocabulary.Entry()].occurrences += count
      vocabulary.words[word, default: Vocabulary.Entry()].files += 1
    }
  }
  return vocabulary
}

/// What the texts of a folder say.
struct Vocabulary: Codable, Sendable, Equatable {
  struct Entry: Codable, Sendable, Equatable {
    var occurrences = 0
    /// In how many files.
    var files = 0
  }

  var words: [String: Entry] = [:]
  var files = 0
}

/// A folder without texts, which is more often a mistake than an empty answer.
struct NoTexts: Error, Equatable, CustomStringConvertible {
  var folder: String
  var ext: String

  var description: String {
    "no file below '\(folder)' ends in '.\(ext)'; choose others with '--folder' and '--ext'"
  }
}
