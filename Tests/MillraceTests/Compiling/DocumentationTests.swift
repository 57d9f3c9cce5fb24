import Foundation
import Testing

/// Every Swift block of the documentation compiles; the blocks of a page build on one another.
@Suite(.serialized) struct DocumentationTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .appending(path: "../../../..").standardized

  static let pages: [String] =
    ["README.md", "CONTRIBUTING.md"]
    + ["Sources/Millrace/Documentation.docc", "docs", "docs/decisions"].flatMap { folder in
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: root.appending(path: folder).path)
      return (names ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
    }

  @Test func `the pages are found`() {
    #expect(Self.pages.count >= 48)
  }

  @Test(arguments: pages)
  func `a page's code compiles`(page: String) throws {
    let text = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8)
    let blocks = text.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    guard !blocks.isEmpty else { return }
    let outcome = try Compiler.typeCheck(blocks.joined(separator: "\n"))
    #expect(outcome.succeeded, "the compiler said: \(outcome.output)")
  }
}
