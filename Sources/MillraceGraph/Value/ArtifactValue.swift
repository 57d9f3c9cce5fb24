/// A type that brings its own artifact format, such as a PNG or a model file.
///
/// Types that are `Codable` need not conform; they are stored as canonical CBOR. A type that is
/// both uses its own format as an artifact and `Codable` inside other values.
public protocol ArtifactValue: Sendable {
  /// The format's name and version, for example `png/1`. Part of the key: raise the version when
  /// the bytes change their meaning.
  static var artifactCodec: String { get }

  /// The artifact's bytes. Equal values must give equal bytes, in every process.
  func encodeArtifact() throws -> [UInt8]

  /// - Throws: Any error where the bytes are not of this format; the engine then takes the
  ///   artifact for unreadable and runs the task again.
  init(decodingArtifact bytes: [UInt8]) throws
}
