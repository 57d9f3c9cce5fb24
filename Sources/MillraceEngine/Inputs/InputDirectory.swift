public import MillraceGraph
import MillraceStore

/// A folder that a pipeline reads: keyed by its path, and by path and content of every file in it.
///
/// Folders in it count too. Names that begin with a dot are neither listed nor keyed, and links to
/// folders are not followed.
public struct InputDirectory: TaskValue, Hashable, CustomStringConvertible {
  /// As it was given; a relative path is taken from the working folder.
  public let path: String

  public init(_ path: String) { self.path = path }

  public var description: String { path }

  /// The files in the folder and the folders below it, in the order of their paths' bytes.
  ///
  /// - Parameter glob: A pattern for the path below this folder, such as `flights-*.csv`.
  /// - Throws: ``PipelineError`` with code `inputFile` if there is no such folder, or it cannot be read.
  public func files(matching glob: String = "*") throws -> [InputFile] {
    let pattern = Glob(glob)
    return try relativePaths().filter(pattern.matches).map { InputFile("\(base)\($0)") }
  }

  private var base: String { path.hasSuffix("/") ? path : path + "/" }

  /// Paths of all files below this folder, sorted.
  private func relativePaths() throws -> [String] {
    var files: [String] = []
    var folders = [""]
    do {
      while let folder = folders.popLast() {
        guard let names = try FileSystem.names(in: base + folder) else {
          throw PipelineError(
            .inputFile,
            "There is no input folder '\(path)'; check the path, which is taken from the working folder."
          )
        }
        for name in names where !name.hasPrefix(".") {
          switch try FileSystem.kind(of: base + folder + name) {
          case .file: files.append(folder + name)
          case .folder: folders.append(folder + name + "/")
          case .other: break
          }
        }
      }
    } catch let error as SystemCallError {
      if error.isNotFolder {
        throw PipelineError(
          .inputFile,
          "Input folder '\(path)' is no folder; check the path, which is taken from the working folder."
        )
      }
      throw FileDigests.unreadable(path, error)
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private enum CodingKeys: String, CodingKey { case path, files, contents }

  public init(from decoder: any Decoder) throws {
    path = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .path)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    if let digests = FileDigests.current {
      let files = try relativePaths()
      try container.encode(files, forKey: .files)
      try container.encode(files.map { try digests.digest(ofFile: base + $0) }, forKey: .contents)
    }
  }
}
