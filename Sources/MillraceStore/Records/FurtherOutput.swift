public import MillraceCoding

/// A named output of a task beside what it returns: a result of its own, which belongs to another one.
///
/// It is stored under a key that follows from the node's, and named `<pipeline>/<node>::<name>`. No node
/// has a name with two colons, and `*::*` lists all further outputs.
public struct FurtherOutput: Hashable, Sendable {
  /// What the task called it.
  public var name: String
  /// The key of its own record.
  public var key: Key
  /// The digest of its bytes.
  public var artifact: Digest

  /// Creates a further output.
  public init(name: String, key: Key, artifact: Digest) {
    self.name = name
    self.key = key
    self.artifact = artifact
  }

  /// What stands between a node's name and that of its output.
  public static let separator = "::"

  /// What an output of a node is called in the store, behind the pipeline's name.
  public static func name(_ output: String, of node: String) -> String {
    "\(node)\(separator)\(output)"
  }

  /// The two names in one; nil if it is a node's own, such as `group::1/table` or `clean[a::b]`: outputs'
  /// names have no slashes and brackets.
  public static func split(_ name: String) -> (node: String, output: String)? {
    guard let range = name.ranges(of: separator).last else { return nil }
    let output = name[range.upperBound...]
    guard !output.isEmpty, !output.contains(where: { "/:[]".contains($0) }) else { return nil }
    return (String(name[..<range.lowerBound]), String(output))
  }

  /// The key's parts of an output that belongs to a stored result.
  ///
  /// - Parameter key: That of the result.
  public static func parts(_ name: String, of key: Key) -> KeyParts {
    var parts = KeyParts()
    parts["output"] = .text(name)
    parts["of"] = .key(key)
    return parts
  }

  /// The key's parts of an output of a node whose value is not stored: what decides the output is not
  /// known, so it is what it is.
  ///
  /// - Parameter node: With the pipeline's name.
  public static func parts(_ name: String, ofNode node: String, artifact: Digest) -> KeyParts {
    var parts = KeyParts()
    parts["output"] = .text(name)
    parts["node"] = .text(node)
    parts["artifact"] = .digest(artifact)
    return parts
  }
}

extension ArtifactRecord {
  /// The key of the result that this is a further output of; nil for what is none, and for one of a node
  /// whose value is not stored.
  public var owner: Key? {
    guard let parts = try? parts, parts["output"] != nil, case .key(let key)? = parts["of"]
    else { return nil }
    return key
  }
}

extension ArtifactStore {
  /// The records of a result's further outputs, in their order; nil if one of them is not there any more,
  /// was invalidated, or has no bytes.
  ///
  /// - Complexity: O(*n*) for *n* outputs; a question to the file system for each that is an object.
  package func furtherRecords(of outputs: [FurtherOutput]) -> [ArtifactRecord]? {
    var records: [ArtifactRecord] = []
    for output in outputs {
      let record = settled {
        locateAll { $0.valid(of: output.key) }.lazy
          .filter { $0.entry.artifact == output.artifact }
          .compactMap { self.record($0, of: output.key) }.first
      }
      guard let record, isReadable(record) else { return nil }
      records.append(record)
    }
    return records
  }
}
