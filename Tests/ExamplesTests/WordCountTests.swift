import Millrace
import MillraceTesting
import Testing

@testable import WordCount

@Suite struct WordCountTests {
  @Test(arguments: [
    ("Don’t stop, DON'T!", ["don't", "stop", "don't"]),
    ("Ärger über 3 Füße; naïve", ["ärger", "über", "füße", "naïve"]),
    ("'quoted' — x2y", ["quoted", "x", "y"]),
    ("Привет, мир", ["привет", "мир"]),
    ("12 -- ''", []),
  ])
  func `words are runs of letters in lower case`(text: String, expected: [String]) {
    #expect(words(in: text) == expected)
  }

  @Test func `of Markdown, only what people read is counted`() {
    let text = """
      # A title
      See [the page](https://example.org/page "x") and `code` of <b>it</b>.\r
      ```swift
      let secret = 1
      ```
      The end: https://example.org/end
      """
    #expect(
      words(in: prose(ofMarkdown: text))
        == ["a", "title", "see", "the", "page", "and", "of", "it", "the", "end"])
  }

  @Test func `the table has the commonest first, and equals in alphabetical order`() {
    let vocabulary = merge([["the": 1200, "b": 2, "a": 2], ["the": 34, "c": 1]])
    #expect(vocabulary.files == 2)
    #expect(vocabulary.words["the"] == Vocabulary.Entry(occurrences: 1234, files: 2))
    #expect(
      showTop(vocabulary, limit: 3) == """
        1,239 words, 4 different, in 2 files

           word  count  share  files
        1  the   1,234  99.6%      2
        2  a         2   0.2%      1
        3  b         2   0.2%      1
        """)
    let uncommon = showTop(vocabulary, limit: 1, ignoringCommon: true)
    #expect(uncommon.hasSuffix("\n1  b         2   0.2%      1"))
  }

  @Test func `a changed file is counted again, and the others are not`() async throws {
    let folder = TemporaryFolder()
    try folder.write("one two two", to: "a.md")
    try folder.write("two three", to: "deep/a.md")
    try folder.write("many many many words", to: "other.txt")
    let store = ArtifactStore.inMemory()
    let first = try await run(folder.input, in: store)
    #expect(first.result.executed == 5)
    #expect(first.text.contains("5 words, 3 different, in 2 files"))

    let second = try await run(folder.input, in: store)
    #expect(second.result.executed == 0 && second.text == first.text)

    try folder.write("two three three three", to: "deep/a.md")
    let third = try await run(folder.input, in: store)
    let copy = "countWords[\(folder.input)/deep/a.md]"
    #expect(Set(third.result.executedNames) == ["listTexts", copy, "merge", "top"])
    #expect(third.text.contains("1  three      3"))

    // A file that is not asked for changes what is listed from, and nothing else.
    try folder.write("few", to: "other.txt")
    #expect(try await run(folder.input, in: store).result.executedNames == ["listTexts"])
  }

  @Test func `a folder without texts is an error that says so`() async throws {
    let folder = TemporaryFolder()
    try folder.write("text", to: "a.txt")
    let error = await #expect(throws: PipelineError.self) {
      try await run(folder.input, in: .inMemory())
    }
    #expect(error?.cause as? NoTexts == NoTexts(folder: folder.input, ext: "md"))
  }

  @Test func `the package's own docs are counted`() async throws {
    let lines = try await run(inPackage("docs"), in: .inMemory()).text.split(separator: "\n")
    #expect(lines.count == 22)
    #expect(lines[2].hasPrefix(" 1  the"))
  }

  private func run(
    _ folder: String, in store: ArtifactStore
  ) async throws -> (result: RunResult, text: String) {
    var pipeline = WordCount()
    (pipeline.folder, pipeline.ext) = (folder, "md")
    (pipeline.top, pipeline.ignoreCommon) = (20, false)
    let printed = EventTexts()
    var options = RunOptions()
    options.observers = [printed]
    let result = try await pipeline.run(on: .dispatch(2), in: store, options: options).get()
    return (result, printed.text)
  }
}
