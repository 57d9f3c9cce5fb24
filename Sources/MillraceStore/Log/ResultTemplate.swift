import MillraceCoding

/// What the records of one task's results in one run have in common, encoded once.
package final class ResultTemplate: Sendable {
  private typealias Field = ArtifactCoding.Field

  private let run: [UInt8]
  private let codec: [UInt8]
  private let task: [UInt8]
  private let pipeline: [UInt8]
  private let fieldCount: Int
  private let nameBeginning: NameHash

  package init(codec: String, task: String, run: RunID, pipeline: String) {
    self.run = Self.encoded(CommonField.run) { writer in
      run.withUnsafeBytes { writer.append(bytes: $0) }
    }
    self.codec = Self.encoded(Field.codec) { $0.append(text: codec) }
    self.task = Self.encoded(Field.task) { $0.append(text: task) }
    self.pipeline = Self.encoded(Field.pipeline) { $0.append(text: pipeline) }
    // Kind, time and run; key, artifact, size, codec, bytes, parts, task, node, duration, pipeline.
    fieldCount = 13
    nameBeginning = NameHash(pipeline: pipeline, node: "")
  }

  private static func encoded(_ field: UInt64, _ value: (inout CBORWriter) -> Void) -> [UInt8] {
    var writer = CBORWriter()
    writer.append(unsigned: field)
    value(&writer)
    return writer.bytes
  }

  /// One result of the task, for the time of a call.
  struct Content: @unchecked Sendable {
    // The caller's bytes: nobody changes them meanwhile.
    var bytes: UnsafeRawBufferPointer
    var artifact: Digest
    var key: Key
    var time: LogicalTime
    var parts: UnsafeRawBufferPointer
    var node: UnsafeRawBufferPointer
    var durationNanoseconds: UInt64
  }

  /// How many bytes a record takes at most.
  func largestSize(bytes: Int, parts: Int, node: Int) -> Int {
    // Besides texts and bytes: two digests, and for each field its number and a head of nine bytes.
    let rest = 2 * Digest.byteCount + fieldCount * (1 + 9)
    return run.count + codec.count + task.count + pipeline.count + bytes + parts + node + rest
  }

  /// Writes a record that carries its artifact's bytes, as ``ArtifactCoding`` does.
  ///
  /// - Parameter start: Has room for ``largestSize(bytes:parts:node:)``.
  /// - Returns: The record's size, and where in it the artifact's bytes begin.
  func write(
    _ content: Content, to start: UnsafeMutableRawPointer
  ) -> (size: Int, inlineOffset: Int) {
    var pen = RecordPen(start)
    pen.putMapHeader(count: fieldCount)
    pen.put(CommonField.kind)
    pen.put(RecordKind.artifact.rawValue)
    pen.put(CommonField.time)
    pen.put(content.time.nanoseconds)
    run.withUnsafeBytes { pen.put(encoded: $0) }
    pen.put(Field.key)
    content.key.digest.withUnsafeBytes { pen.put(bytes: $0) }
    pen.put(Field.artifact)
    content.artifact.withUnsafeBytes { pen.put(bytes: $0) }
    pen.put(Field.size)
    pen.put(UInt64(content.bytes.count))
    codec.withUnsafeBytes { pen.put(encoded: $0) }
    pen.put(Field.inline)
    pen.put(bytes: content.bytes)
    let inlineOffset = pen.next - start - content.bytes.count
    pen.put(Field.parts)
    pen.put(bytes: content.parts)
    task.withUnsafeBytes { pen.put(encoded: $0) }
    pen.put(Field.node)
    pen.put(utf8: content.node)
    pen.put(Field.duration)
    pen.put(content.durationNanoseconds)
    pipeline.withUnsafeBytes { pen.put(encoded: $0) }
    return (pen.next - start, inlineOffset)
  }

  /// The hash of the name that a node's result binds.
  func nameHash(node: UnsafeRawBufferPointer) -> NameHash {
    var hash = nameBeginning
    hash.add(node)
    return hash
  }
}
