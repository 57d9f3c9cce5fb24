import Foundation

/// A folder that lives as long as a test uses it.
final class TemporaryFolder: Sendable {
  private let url = FileManager.default.temporaryDirectory
    .appending(path: "examples-\(UUID().uuidString)")

  /// Where files are put; they are the pipeline's input.
  var input: String { url.appending(path: "input").path }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file below ``input``.
  func write(_ text: String, to name: String) throws {
    let file = url.appending(path: "input/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}

/// A folder or file of the package.
func inPackage(_ path: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: path).path
}
