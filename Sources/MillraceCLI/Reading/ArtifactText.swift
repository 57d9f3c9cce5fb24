import MillraceCoding

/// An artifact as `read` shows it.
struct ArtifactText: Equatable, Sendable {
  var bytes: [UInt8]
  /// Whether a person can read it.
  var isText: Bool

  /// - Parameter codec: How the bytes encode a value. CBOR becomes JSON, all else stays as it is.
  /// - Throws: `CodingFailure` if the bytes are not what the codec says.
  init(_ artifact: [UInt8], codec: String) throws {
    if codec.hasPrefix("cbor/") {
      bytes = Array("\(try CBORItem(decoding: artifact).json(pretty: true))\n".utf8)
      isText = true
    } else {
      bytes = artifact
      isText = codec.hasPrefix("text/") || Self.isReadable(artifact)
    }
  }

  /// Whether bytes are UTF-8 without control characters other than those of plain text.
  private static func isReadable(_ bytes: [UInt8]) -> Bool {
    let hasControls = bytes.contains { byte in
      byte == 0x7f || byte < 0x20 && !(0x09...0x0d ~= byte)
    }
    return !hasControls && String(validating: bytes, as: UTF8.self) != nil
  }
}
