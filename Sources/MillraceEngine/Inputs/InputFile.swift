public import MillraceGraph
import MillraceStore

/// A file that a pipeline reads: keyed by its path and its content, never by the path alone.
///
/// As a value it is the path. Whenever it is encoded for a key or an artifact, alone or inside of
/// another value, the content's SHA-256 digest goes with it. A digest is remembered in the store and
/// trusted while size, modification time and inode are unchanged.
public struct InputFile: TaskValue, Hashable, CustomStringConvertible {
  /// As it was given; a relative path is taken from the working folder.
  public let path: String

  public init(_ path: String) { self.path = path }

  public var description: String { path }

  /// The last component, `flights-2013-01.csv`.
  public var name: String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The whole content.
  ///
  /// - Throws: ``PipelineError`` with code `inputFile` if there is no such file, or it cannot be read.
  public func bytes() throws -> [UInt8] {
    do {
      let file = try FileSystem.openToRead(path)
      defer { FileSystem.closeFile(file) }
      let size = try FileSystem.status(of: file).size
      return try FileSystem.read(size, at: 0, of: file)
    } catch {
      throw FileDigests.unreadable(path, error)
    }
  }

  /// The whole content as text.
  ///
  /// - Throws: ``PipelineError`` with code `inputFile` if the file cannot be read, or is not UTF-8.
  public func text() throws -> String {
    guard let text = String(validating: try bytes(), as: UTF8.self) else {
      throw PipelineError(
        .inputFile, "Input file '\(path)' is not UTF-8 text; read it with 'bytes()'.")
    }
    return text
  }

  private enum CodingKeys: String, CodingKey { case path, content }

  public init(from decoder: any Decoder) throws {
    path = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .path)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    if let digests = FileDigests.current {
      try container.encode(digests.digest(ofFile: path), forKey: .content)
    }
  }
}
