import MillraceCoding
import MillraceGraph

/// Puts the keys of tasks together from named parts.
///
/// The names are part of the store's format: `schema`, `task`, `version`, `fingerprint`, `output`,
/// `codec`, `input:<label>` for each keyed parameter, `environment:<variable>` and `seed`.
struct KeyMaker: Sendable {
  /// Raised when the meaning of a part changes, so that old keys are never met again.
  static let schema = 1

  let seed: UInt64
  let environment: @Sendable (String) -> String?
  let digests: FileDigests

  enum Outcome {
    case keyed(KeyParts)
    /// An input has no part, so there is no key: never a partial one.
    case unkeyed(input: String)
  }

  /// - Parameter inputs: The parts of the inputs, in the parameters' order; nil for constants, which
  ///   are encoded here.
  /// - Returns: The key's parts, and the input files that constants named.
  /// - Throws: What encoding a constant throws, such as a missing input file.
  func parts(
    of record: UnsafePointer<NodeRecord>, inputs: [KeyParts.Value?]
  ) throws -> (Outcome, files: [String: Digest]) {
    let definition = record.definition
    var parts = KeyParts()
    parts["schema"] = .integer(Self.schema)
    parts["task"] = .text(definition.id.description)
    parts["version"] = .integer(definition.attributes.version)
    parts["fingerprint"] = .text(definition.fingerprint.description)
    parts["output"] = .text(definition.output.name)
    parts["codec"] = .text(definition.output.codec?.id ?? "none")
    for variable in definition.attributes.environment {
      // A digest, since values of variables do not belong into a log.
      parts["environment:\(variable)"] =
        environment(variable).map { .digest(.sha256(Array($0.utf8))) } ?? .text("unset")
    }
    if definition.attributes.randomness {
      parts["seed"] = .bytes(withUnsafeBytes(of: seed.bigEndian) { Array($0) })
    }
    var files: [String: Digest] = [:]
    for (index, parameter) in definition.parameters.enumerated() where parameter.isKeyed {
      var part = inputs[index]
      if record.isConstant(index) {
        let (digest, used) = try digest(of: record.cell(index), as: parameter.type)
        part = digest.map { .digest($0) }
        files.merge(used) { $1 }
      }
      guard let part else { return (.unkeyed(input: parameter.name), files) }
      let name = "input:\(parameter.name)"
      // Swift allows two parameters of one label.
      parts[parts[name] == nil ? name : "\(name)#\(index)"] = part
    }
    return (.keyed(parts), files)
  }

  /// The digest of a value's encoding, and the input files it names; nil if it cannot be encoded.
  func digest(
    of cell: UnsafeRawPointer, as type: ValueType
  ) throws -> (Digest?, files: [String: Digest]) {
    try digests.recording { try type.withEncoded(cell) { Digest.sha256($0) } }
  }
}
