public import MillraceCoding
public import MillraceGraph

/// A part of a key that differs between two results of a node.
public struct KeyChange: Hashable, Sendable {
  /// What a part of a key stands for, in the order in which changes are told.
  public enum Subject: Hashable, Sendable {
    /// How keys are made.
    case schema
    /// Which task it is: module, path, labels and parameter types.
    case task
    /// The task's own source code.
    case code
    /// The source code of something that the task uses.
    case helper(String)
    /// The attribute's `version:`.
    case version
    /// The type that the task returns.
    case output
    /// How values of that type are encoded.
    case codec
    /// An environment variable.
    case variable(String)
    /// The run's seed.
    case seed
    /// A parameter.
    case input(String)
    /// A part that this version does not know.
    case other(String)
  }

  /// What has changed.
  public var subject: Subject
  /// The part as it was; nil if it was not there.
  public var old: KeyParts.Value?
  /// The part as it is; nil if it is not there any more.
  public var new: KeyParts.Value?

  /// A difference between the parts of two keys.
  public init(_ difference: KeyParts.Difference) {
    subject = Subject(part: difference.name)
    old = difference.old
    new = difference.new
  }

  /// What differs between the keys of two results, in the order of ``Subject``, parameters by name.
  public static func changes(from old: KeyParts, to new: KeyParts) -> [KeyChange] {
    new.differences(from: old).map(KeyChange.init).sorted { $0.subject < $1.subject }
  }

  /// The helper that has changed, as it is in this program; nil of other parts, and if the program does not
  /// have it any more.
  public var helper: Helper? {
    guard case .helper(let name) = subject else { return nil }
    return DeclarationTable.program.helper(named: name)
  }

  /// Whether it is the value of a parameter.
  public var isInput: Bool { if case .input = subject { true } else { false } }
}

extension KeyChange.Subject: Comparable {
  init(part: String) {
    self =
      switch part {
      case "schema": .schema
      case "task": .task
      case "fingerprint": .code
      case "version": .version
      case "output": .output
      case "codec": .codec
      case "seed": .seed
      default:
        if let name = part.dropping(prefix: "input:") {
          .input(name)
        } else if let name = part.dropping(prefix: "helper:") {
          .helper(name)
        } else if let name = part.dropping(prefix: "environment:") {
          .variable(name)
        } else {
          .other(part)
        }
      }
  }

  private var rank: (Int, String) {
    switch self {
    case .schema: (0, "")
    case .task: (1, "")
    case .code: (2, "")
    case .helper(let name): (3, name)
    case .version: (4, "")
    case .output: (5, "")
    case .codec: (6, "")
    case .variable(let name): (7, name)
    case .seed: (8, "")
    case .input(let name): (9, name)
    case .other(let name): (10, name)
    }
  }

  public static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }
}

extension KeyChange.Subject: CustomStringConvertible {
  /// `code`, `version`, `input 'rows'`.
  public var description: String {
    switch self {
    case .schema: "how keys are made"
    case .task: "the task"
    case .code: "code"
    // Without the module, which the author knows.
    case .helper(let name): "helper '\(name.drop { $0 != "." }.dropFirst())'"
    case .version: "version"
    case .output: "output type"
    case .codec: "encoding"
    case .variable(let name): "variable '\(name)'"
    case .seed: "seed"
    case .input(let name): "input '\(name)'"
    case .other(let name): "'\(name)'"
    }
  }
}

extension KeyChange: CustomStringConvertible {
  /// `version 1 → 2`, `input 'rows' 3fa91c → 77ab0e`, `input 'depth' is new`. Values of inputs and
  /// variables are digests here, as they are in keys.
  public var description: String {
    switch (old, new) {
    case (nil, _): "\(subject) is new"
    case (_, nil): "\(subject) is gone"
    case (let old?, let new?): "\(subject) \(Self.short(old)) → \(Self.short(new))"
    }
  }

  /// A part as people tell two apart: a digest by its first digits.
  public static func short(_ value: KeyParts.Value) -> String {
    switch value {
    // Fingerprints are digests too.
    case .text(let text):
      text.utf8.count == 32 && text.utf8.allSatisfy(\.isHexadecimal) ? String(text.prefix(6)) : text
    case .integer(let number): "\(number)"
    case .digest(let digest): String(digest.hex.prefix(6))
    case .key(let key): String(key.digest.hex.prefix(6))
    case .bytes(let bytes): String(Digest.sha256(bytes).hex.prefix(6))
    case .list(let values):
      // A list is told by its digest: it may have a thousand pieces.
      String(Self.digest(of: values).hex.prefix(6))
    }
  }

  private static func digest(of values: [KeyParts.Value]) -> Digest {
    var writer = CBORWriter()
    KeyParts.Value.list(values).append(to: &writer)
    return Digest.sha256(writer.bytes)
  }
}

extension UInt8 {
  fileprivate var isHexadecimal: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}

extension String {
  func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
