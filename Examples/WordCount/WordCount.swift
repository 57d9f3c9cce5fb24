public import MillraceCLI

/// Counts the words of a folder of texts, and shows the commonest.
///
///     folder ─▶ listTexts ─▶ for each file: countWords ─▶ merge ─▶ top
///
/// A file that changes is counted again, then all counts are merged; the other files are hits. The merge
/// is one task over all counts, which is linear in their size. A `Reduce` would store a growing total for
/// each file, and make all of them anew that come after a changed one.
public struct WordCount: PipelineCommand {
  public static let configuration = CommandConfiguration(
    abstract: "Which words are the commonest in a folder of texts?")

  public init() {}

  @Option(help: "Folder with the texts; the folders in it count too.")
  var folder = "docs"

  @Option(help: "What the names of the texts end in.")
  var ext = "md"

  @Option(help: "How many words to show.")
  var top = 20

  @Flag(help: "Leave out the commonest English words, such as 'the'.")
  var ignoreCommon = false

  public func validate() throws {
    guard top > 0 else { throw ValidationError("'--top' must be 1 or more.") }
  }

  public var body: Graph {
    let texts = $listTexts(in: InputDirectory(folder), ending: ext)
    let counts = ForEach(texts, naming: \.path) { $countWords(in: $0) }
    $showTop($merge(counts), limit: top, ignoringCommon: ignoreCommon).named("top").printed()
  }
}
