import MillraceCoding
import MillraceGraph
import Synchronization

/// Puts the keys of tasks together from named parts.
///
/// The names are part of the store's format: `schema`, `task`, `version`, `fingerprint`, `output`,
/// `codec`, `helper:<module>.<path>` for each helper, `input:<label>` for each keyed parameter,
/// `environment:<variable>` and `seed`.
final class KeyMaker: Sendable {
  /// Raised when the meaning of a part changes, so that old keys are never met again.
  static let schema = 1

  private let seed: UInt64
  private let environment: @Sendable (String) -> String?
  private let digests: FileDigests
  /// What stands for all code instead of fingerprints.
  private let executable: Digest?
  /// The forms of the tasks that were met.
  private let forms = Mutex<[ObjectIdentifier: TaskKeyForm]>([:])

  enum Outcome {
    case keyed(Key, encodedParts: [UInt8])
    /// An input has no part, so there is no key: never a partial one.
    case unkeyed(input: String)
  }

  init(
    seed: UInt64, environment: @escaping @Sendable (String) -> String?, digests: FileDigests,
    executable: Digest? = nil
  ) {
    self.seed = seed
    self.environment = environment
    self.digests = digests
    self.executable = executable
  }

  /// - Parameter inputs: The parts of the inputs, in the parameters' order; nil for constants, which
  ///   are encoded here.
  /// - Returns: The key with its parts, and the input files that constants named.
  /// - Throws: What encoding a constant throws, such as a missing input file.
  func key(
    of record: UnsafePointer<NodeRecord>, inputs: [KeyParts.Value?]
  ) throws -> (Outcome, files: [String: Digest]) {
    let definition = record.definition
    let form = form(of: definition)
    var files: [String: Digest] = [:]
    var parts: [KeyParts.Value] = []
    parts.reserveCapacity(form.parameters.count)
    for index in form.parameters {
      var part = inputs[index]
      if record.isConstant(index) {
        let (digest, used) = try digest(
          of: record.cell(index), as: definition.parameters[index].type)
        part = digest.map { .digest($0) }
        if !used.isEmpty { files.merge(used) { $1 } }
      }
      guard let part else {
        return (.unkeyed(input: definition.parameters[index].name), files)
      }
      parts.append(part)
    }
    let encoded = form.form.encoded { parts[$0] }
    return (.keyed(form.form.key(ofEncoding: encoded), encodedParts: encoded), files)
  }

  /// The digest of a value's encoding, and the input files it names; nil if it cannot be encoded.
  func digest(
    of cell: UnsafeRawPointer, as type: ValueType
  ) throws -> (Digest?, files: [String: Digest]) {
    // It names no files, and constants are scalars more often than all else.
    if type.isScalar { return (try type.digest(of: cell), [:]) }
    return try digests.recording { try type.digest(of: cell) }
  }

  func form(of definition: TaskDefinition) -> TaskKeyForm {
    forms.withLock { forms in
      if let form = forms[ObjectIdentifier(definition)] { return form }
      let form = TaskKeyForm(definition, fixed: fixedParts(of: definition))
      forms[ObjectIdentifier(definition)] = form
      return form
    }
  }

  /// The parts that all nodes of a task have in common in a run.
  private func fixedParts(of definition: TaskDefinition) -> KeyParts {
    var parts = KeyParts()
    parts["schema"] = .integer(Self.schema)
    parts["task"] = .text(definition.id.description)
    parts["version"] = .integer(definition.attributes.version)
    if let executable {
      parts["fingerprint"] = .text("executable \(executable.hex)")
    } else {
      parts["fingerprint"] = .text(definition.fingerprint.description)
      // Parts are sorted by their names, so that a key is a hash over sorted pairs and no sum.
      for helper in definition.helpers {
        parts["helper:\(helper.name)"] = .text(helper.fingerprint)
      }
    }
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
    return parts
  }
}

/// The form of a task's keys; its open parts are the keyed inputs.
struct TaskKeyForm: Sendable {
  let form: KeyForm
  /// The keyed parameters, by their place among all, in order.
  let parameters: [Int]
  // Forms are found by the address of the definition, which must not be used again meanwhile.
  private let definition: TaskDefinition

  init(_ definition: TaskDefinition, fixed: KeyParts) {
    self.definition = definition
    parameters = definition.parameters.indices.filter { definition.parameters[$0].isKeyed }
    var names: [String] = []
    for index in parameters {
      var name = "input:\(definition.parameters[index].name)"
      // Swift allows two parameters of one label, and a definition made by hand has any labels.
      while names.contains(name) { name += "#\(index)" }
      names.append(name)
    }
    form = KeyForm(fixed, open: names)
  }
}
