/// The payloads of events as they stand in the log, to be written into a snapshot as they are.
///
/// Kinds and fields that this version does not know are kept with them.
struct EventBytes: Sendable {
  /// What is known of a payload without reading it.
  struct Head: Sendable {
    /// Who wrote the record first, one of the index's writers.
    var writer: UInt32
    /// The segment that it stands in, or -1 if that is not known any more.
    var segment: Int32
    var length: UInt32
  }

  private(set) var heads: [Head] = []
  private(set) var bytes: [UInt8] = []

  mutating func append(_ payload: UnsafeRawBufferPointer, by writer: UInt32, in segment: Int32) {
    heads.append(Head(writer: writer, segment: segment, length: UInt32(payload.count)))
    bytes.append(contentsOf: payload)
  }

  /// Calls a closure with each payload, in the order in which they were appended.
  func forEach(_ body: (Head, UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { bytes in
      var offset = 0
      for head in heads {
        let end = offset + Int(head.length)
        body(head, UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
        offset = end
      }
    }
  }
}
