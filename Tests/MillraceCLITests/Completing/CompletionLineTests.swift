import ArgumentParser
import Testing

@testable import MillraceCLI

struct CompletionLineTests {
  private func line(_ words: [String], shell: CompletionShell? = nil) -> CompletionLine {
    CompletionLine(words, index: words.count - 1, shell: shell)
  }

  @Test(arguments: [
    ("plain", "plain"), ("a\\ b", "a b"), ("'a b'", "a b"), ("\"a b\"", "a b"),
    ("'a\\b'", "a\\b"), ("\"a\\\"b\\c\"", "a\"b\\c"), ("'it'\\''s'", "it's"), ("'open", "open"),
    ("end\\", "end"), ("", ""), ("$HOME", "$HOME"), ("a\"b\"'c'd", "abcd"),
  ])
  func `a word loses its quotes`(word: String, text: String) {
    #expect(CompletionLine.unquoted(word) == text)
  }

  @Test(arguments: [
    (["run", "--store", "s", ""], "s"), (["run", "--store=s", ""], "s"),
    (["run", "--store", "=", "s", ""], "s"), (["run", "--store", "a", "--store", "b", ""], "b"),
    (["run", "--store", "'a b'", ""], "a b"), (["run", "--store", "~/s", ""], "/home/me/s"),
    (["run", "--store", "'~/s'", ""], "~/s"), (["run", "--store"], nil), (["run", ""], nil),
    (["run", "--stores", "s", ""], nil), (["run", "--store", "="], nil),
  ])
  func `an option's value is found as shells cut lines`(words: [String], value: String?) {
    #expect(line(words).value(of: "--store", home: "/home/me") == value)
  }

  @Test func `no candidate is more than a word to its shell`() {
    let name = "a b$(rm)`x`'\"\\*[0]#1:é"
    #expect(line([""]).spelled(name) == name)
    #expect(line([""], shell: .fish).spelled(name) == name)
    #expect(line([""], shell: .zsh).spelled(name) == "a b$(rm)`x`'\"\\\\*[0]#1\\:é")
    #expect(
      line([""], shell: .bash).spelled(name) == "a\\ b\\$\\(rm\\)\\`x\\`\\'\\\"\\\\\\*\\[0\\]\\#1:é"
    )
  }

  @Test func `a place that is not in the line is an empty word`() {
    #expect(CompletionLine(["run"], index: 4, shell: .bash).word == "")
    #expect(CompletionLine([], index: 0, shell: .bash).word == "")
    #expect(CompletionLine(["run", "'a b"], index: 1, shell: .bash).word == "a b")
  }
}
