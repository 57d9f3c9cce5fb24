import MillraceCoding

/// What opening a store wants to know of an artifact's record, read in one go.
///
/// It reads what ``ArtifactCoding`` writes, and gives up at whatever else there may be: a record of another
/// kind or version, or one that is damaged. What that means is for ``LogRecord`` to say.
struct ArtifactScan {
  private typealias Field = ArtifactCoding.Field

  private(set) var time = LogicalTime(nanoseconds: 0)
  private(set) var writer: WriterID?
  private(set) var key: Key?
  private(set) var artifact: Digest?
  private(set) var content = RecordIndex.Content.object
  private(set) var size = 0
  /// Where in the payload the artifact's bytes begin, if they are there.
  private(set) var inlineOffset: UInt32 = 0
  /// Of the name that the record binds, if it does.
  private(set) var nameHash: NameHash?

  @inline(__always)
  init?(_ payload: UnsafeRawBufferPointer) {
    var cursor = Cursor(payload)
    guard let count = cursor.head(.map) else { return nil }
    var (last, node) = (-1, 0..<0)
    for _ in 0..<count {
      guard let field = cursor.head(.unsigned), field < 64, Int(field) > last else { return nil }
      last = Int(field)
      switch field {
      case CommonField.kind:
        guard cursor.head(.unsigned) == RecordKind.artifact.rawValue else { return nil }
      case CommonField.time:
        guard let nanoseconds = cursor.head(.unsigned) else { return nil }
        time = LogicalTime(nanoseconds: nanoseconds)
        guard time <= .latest else { return nil }
      case CommonField.writer:
        guard let range = cursor.string(.bytes),
          let writer = WriterID(bytes: UnsafeRawBufferPointer(rebasing: payload[range]))
        else { return nil }
        self.writer = writer
      case Field.key:
        guard let digest = cursor.digest() else { return nil }
        key = Key(digest)
      case Field.artifact:
        guard let digest = cursor.digest() else { return nil }
        artifact = digest
      case Field.size:
        guard let size = cursor.head(.unsigned), size <= UInt64(Int.max) else { return nil }
        self.size = Int(size)
      case Field.inline:
        guard let range = cursor.string(.bytes), range.count == size,
          let offset = UInt32(exactly: range.lowerBound)
        else { return nil }
        (content, inlineOffset) = (.inline, offset)
      case Field.files:
        guard cursor.string(.bytes) != nil else { return nil }
        content = .namingFiles
      case Field.node:
        guard let range = cursor.string(.text) else { return nil }
        node = range
      case Field.pipeline:
        guard let range = cursor.string(.text) else { return nil }
        nameHash = NameHash(
          pipeline: UnsafeRawBufferPointer(rebasing: payload[range]),
          node: UnsafeRawBufferPointer(rebasing: payload[node]))
      case Field.codec, Field.task:
        guard cursor.string(.text) != nil else { return nil }
      case CommonField.run, Field.parts:
        guard cursor.string(.bytes) != nil else { return nil }
      case Field.duration:
        guard cursor.head(.unsigned) != nil else { return nil }
      default: return nil
      }
    }
    // Kind and time come first in every record.
    guard key != nil, artifact != nil, time.nanoseconds > 0 else { return nil }
  }

  /// Reads deterministic items of the kinds that records have.
  private struct Cursor {
    /// The major types of RFC 8949 §3.1.
    enum Major: UInt8 { case unsigned = 0, bytes = 2, text = 3, map = 5 }

    private let payload: UnsafeRawBufferPointer
    private var offset = 0

    init(_ payload: UnsafeRawBufferPointer) { self.payload = payload }

    /// The number in the head of an item of this kind.
    @inline(__always)
    mutating func head(_ major: Major) -> UInt64? {
      guard offset < payload.count else { return nil }
      let initial = payload[offset]
      guard initial >> 5 == major.rawValue else { return nil }
      let information = initial & 0x1f
      offset += 1
      if information < 24 { return UInt64(information) }
      switch information {
      case 24: return number(UInt8.self, above: 23)
      case 25: return number(UInt16.self, above: 0xff)
      case 26: return number(UInt32.self, above: 0xffff)
      case 27: return number(UInt64.self, above: 0xffff_ffff)
      default: return nil
      }
    }

    /// A number that would not have had room in fewer bytes.
    @inline(__always)
    private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
      _ type: Number.Type, above limit: UInt64
    ) -> UInt64? {
      guard payload.count - offset >= MemoryLayout<Number>.size else { return nil }
      let number = payload.loadUnaligned(fromByteOffset: offset, as: Number.self)
      offset += MemoryLayout<Number>.size
      let value = UInt64(Number(bigEndian: number))
      return value > limit ? value : nil
    }

    /// Where in the payload the content of a string is.
    @inline(__always)
    mutating func string(_ major: Major) -> Range<Int>? {
      guard let length = head(major), length <= UInt64(payload.count - offset) else { return nil }
      defer { offset += Int(length) }
      return offset..<offset + Int(length)
    }

    @inline(__always)
    mutating func digest() -> Digest? {
      guard let range = string(.bytes), range.count == Digest.byteCount else { return nil }
      // A digest is its bytes as they lie in memory.
      return payload.loadUnaligned(fromByteOffset: range.lowerBound, as: Digest.self)
    }
  }
}
