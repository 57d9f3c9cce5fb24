import ArgumentParser

/// The command line that somebody is writing, as a shell gives it to a completion.
struct CompletionLine: Sendable {
  private let words: [String]
  private let shell: CompletionShell?

  /// What has been written of the name.
  let word: String

  /// - Parameters:
  ///   - words: As they are written, the program's first.
  ///   - index: Of the one that is completed.
  ///   - shell: Nil for one that takes candidates as they are.
  init(_ words: [String], index: Int, shell: CompletionShell?) {
    self.words = words
    self.shell = shell
    word = words.indices.contains(index) ? Self.unquoted(words[index]) : ""
  }

  /// The value of an option as it is written, the last if there are several.
  ///
  /// - Parameter home: What `~/` stands for; nil if it stands for itself.
  func value(of option: String, home: String?) -> String? {
    var value: String?
    for (place, word) in words.enumerated() {
      let rest = words[(place + 1)...]
      if word == option {
        // Bash makes a word of the '=', too.
        value = rest.first == "=" ? rest.dropFirst().first : rest.first
      } else if word.hasPrefix("\(option)=") {
        value = String(word.dropFirst(option.count + 1))
      }
    }
    guard let value else { return nil }
    if let home, value.hasPrefix("~/") { return home + Self.unquoted(String(value.dropFirst())) }
    return Self.unquoted(value)
  }

  /// A candidate as the shell takes it.
  func spelled(_ candidate: String) -> String {
    switch shell {
    // It expands candidates like words of a command: a name must not be able to be one.
    case .bash: candidate.map { Self.isPlain($0) ? "\($0)" : "\\\($0)" }.joined()
    // A description would follow a colon.
    case .zsh: candidate.map { $0 == ":" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
    default: candidate
    }
  }

  private static func isPlain(_ character: Character) -> Bool {
    !character.isASCII || character.isLetter || character.isNumber
      || "/._-:,+%@".contains(character)
  }

  /// A word of a command line without its quotes.
  ///
  /// Variables stay what they are: what they stand for is the shell's.
  static func unquoted(_ word: String) -> String {
    var text = ""
    var quote: Character?
    var isEscaped = false
    for character in word {
      if isEscaped {
        if quote != nil && !"\"\\$`".contains(character) { text.append("\\") }
        text.append(character)
        isEscaped = false
      } else if character == "\\" && quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil && (character == "'" || character == "\"") {
        quote = character
      } else {
        text.append(character)
      }
    }
    return text
  }
}
