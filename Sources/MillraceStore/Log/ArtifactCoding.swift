import MillraceCoding

/// The fields of an artifact record.
enum ArtifactCoding {
  enum Field {
    static let key: UInt64 = 8
    static let artifact: UInt64 = 9
    static let size: UInt64 = 10
    static let codec: UInt64 = 11
    static let inline: UInt64 = 12
    static let parts: UInt64 = 13
    static let task: UInt64 = 14
    static let node: UInt64 = 15
    static let duration: UInt64 = 16
    static let files: UInt64 = 17
    static let pipeline: UInt64 = 18
    static let acceptedKey: UInt64 = 19
    static let acceptanceReason: UInt64 = 20
    static let further: UInt64 = 21
  }

  /// - Parameter inline: Whether the record carries the artifact's bytes.
  static func encode(
    _ bytes: UnsafeRawBufferPointer, inline: Bool, artifact: Digest, key: Key, time: LogicalTime,
    facts: ArtifactFacts
  ) -> [UInt8] {
    let textSize = facts.codec.utf8.count + facts.task.utf8.count + facts.node.utf8.count
    let optionalCount =
      (inline ? 1 : 0) + (facts.files.isEmpty ? 0 : 1) + (facts.pipeline == nil ? 0 : 1)
      + (facts.acceptance == nil ? 0 : 2) + (facts.further.isEmpty ? 0 : 1)
    var writer = RecordWriter(
      .artifact, time: time, run: facts.run, fieldCount: 8 + optionalCount,
      capacity: 144 + textSize + facts.encodedParts.count + (inline ? bytes.count : 0))
    writer.add(Field.key, key.digest)
    writer.add(Field.artifact, artifact)
    writer.add(Field.size, UInt64(bytes.count))
    writer.add(Field.codec, facts.codec)
    if inline { writer.add(Field.inline, bytes) }
    facts.encodedParts.withUnsafeBytes { writer.add(Field.parts, $0) }
    writer.add(Field.task, facts.task)
    writer.add(Field.node, facts.node)
    writer.add(Field.duration, facts.durationNanoseconds)
    if !facts.files.isEmpty {
      KeyParts(files: facts.files).encoded().withUnsafeBytes { writer.add(Field.files, $0) }
    }
    if let pipeline = facts.pipeline { writer.add(Field.pipeline, pipeline) }
    if let acceptance = facts.acceptance {
      writer.add(Field.acceptedKey, acceptance.key.digest)
      writer.add(Field.acceptanceReason, acceptance.reason)
    }
    if !facts.further.isEmpty {
      KeyParts(further: facts.further).encoded().withUnsafeBytes { writer.add(Field.further, $0) }
    }
    return writer.payload
  }

  /// Decodes what ``ArtifactRecord`` gives on demand; what cannot be read stays empty.
  static func decode(_ payload: UnsafeRawBufferPointer) -> ArtifactRecord.Decoded {
    var decoded = ArtifactRecord.Decoded()
    try? decode(payload, into: &decoded)
    return decoded
  }

  private static func decode(
    _ payload: UnsafeRawBufferPointer, into decoded: inout ArtifactRecord.Decoded
  ) throws(CodingFailure) {
    var reader = try RecordReader(payload)
    while let field = try reader.next() {
      switch field {
      case CommonField.run: decoded.facts.run = try reader.run()
      case Field.size: decoded.size = try reader.count()
      case Field.codec: decoded.facts.codec = try reader.text()
      case Field.inline: decoded.inline = try reader.byteRange()
      case Field.parts: decoded.facts.encodedParts = try reader.bytes()
      case Field.task: decoded.facts.task = try reader.text()
      case Field.node: decoded.facts.node = try reader.text()
      case Field.duration: decoded.facts.durationNanoseconds = try reader.unsigned()
      case Field.files: decoded.facts.files = try KeyParts(decoding: reader.bytes()).files
      case Field.pipeline: decoded.facts.pipeline = try reader.text()
      case Field.acceptedKey:
        decoded.facts.acceptance = Acceptance(key: Key(try reader.digest()), reason: "")
      case Field.acceptanceReason: decoded.facts.acceptance?.reason = try reader.text()
      case Field.further:
        decoded.facts.further = try KeyParts(decoding: reader.bytes()).further
      default: try reader.skip()
      }
    }
  }

  /// What a run needs to know of a record whose value it does not need.
  struct Essence {
    var size = 0
    /// Where in the payload the artifact's bytes are.
    var inline: Range<Int>?
    var namesFiles = false
    var hasFurtherOutputs = false
  }

  /// Decodes these alone; what cannot be read stays empty.
  static func essence(of payload: UnsafeRawBufferPointer) -> Essence {
    var essence = Essence()
    try? decode(payload, into: &essence)
    return essence
  }

  private static func decode(
    _ payload: UnsafeRawBufferPointer, into essence: inout Essence
  ) throws(CodingFailure) {
    var reader = try RecordReader(payload)
    while let field = try reader.next() {
      switch field {
      case Field.size: essence.size = try reader.count()
      case Field.inline: essence.inline = try reader.byteRange()
      case Field.files:
        essence.namesFiles = true
        return
      case Field.further:
        essence.hasFurtherOutputs = true
        return
      default: try reader.skip()
      }
    }
  }

  /// The name that a record binds, if it does.
  static func binding(
    _ payload: UnsafeRawBufferPointer, artifact: Digest, at time: LogicalTime
  ) -> NameBinding? {
    var (key, run, pipeline, node) = (Key?.none, RunID?.none, String?.none, "")
    var (size, codec) = (0, "")
    do {
      var reader = try RecordReader(payload)
      while let field = try reader.next() {
        switch field {
        case CommonField.run: run = try reader.run()
        case Field.key: key = Key(try reader.digest())
        case Field.size: size = try reader.count()
        case Field.codec: codec = try reader.text()
        case Field.node: node = try reader.text()
        case Field.pipeline: pipeline = try reader.text()
        default: try reader.skip()
        }
      }
    } catch {
      return nil
    }
    guard let key, let pipeline else { return nil }
    return NameBinding(
      name: "\(pipeline)/\(node)", artifact: artifact, key: key, size: size, codec: codec, run: run,
      time: time)
  }

  /// The hash of the name that a record binds, if it does.
  static func nameHash(_ payload: UnsafeRawBufferPointer) -> NameHash? {
    do {
      var reader = try RecordReader(payload)
      var node = 0..<0
      while let field = try reader.next() {
        switch field {
        case Field.node: node = try reader.textRange()
        case Field.pipeline:
          return NameHash(
            pipeline: UnsafeRawBufferPointer(rebasing: payload[try reader.textRange()]),
            node: UnsafeRawBufferPointer(rebasing: payload[node]))
        default: try reader.skip()
        }
      }
    } catch {
      // A record that binds a name has all of what the binding needs, or it binds none.
    }
    return nil
  }

  /// Reads key and artifact, which come first, and leaves the rest.
  static func decodeIdentity(
    _ reader: inout RecordReader, from first: UInt64?
  ) throws(CodingFailure) -> (key: Key, artifact: Digest)? {
    var field = first
    var key: Key?
    while let number = field {
      switch number {
      case Field.key: key = Key(try reader.digest())
      case Field.artifact:
        let artifact = try reader.digest()
        return key.map { ($0, artifact) }
      default: try reader.skip()
      }
      field = try reader.next()
    }
    return nil
  }
}

/// Further outputs, as key parts are written: from names to lists of a key and a digest.
extension KeyParts {
  init(further outputs: [FurtherOutput]) {
    self.init()
    for output in outputs {
      self[output.name] = .list([.key(output.key), .digest(output.artifact)])
    }
  }

  var further: [FurtherOutput] {
    names.compactMap { name in
      guard case .list(let list)? = self[name], list.count == 2, case .key(let key) = list[0],
        case .digest(let artifact) = list[1]
      else { return nil }
      return FurtherOutput(name: name, key: key, artifact: artifact)
    }
  }
}

/// Files with their digests, as key parts are written: a canonical map from text to digests.
extension KeyParts {
  init(files: [String: Digest]) {
    self.init()
    for (path, digest) in files { self[path] = .digest(digest) }
  }

  var files: [String: Digest] {
    names.reduce(into: [:]) { files, path in
      if case .digest(let digest)? = self[path] { files[path] = digest }
    }
  }
}
