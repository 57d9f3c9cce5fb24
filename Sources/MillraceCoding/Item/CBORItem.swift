/// Any CBOR item as a tree, for tools that show or check data whose type they do not know.
///
/// The width in which a number was written is not kept: ``encoded()`` gives the deterministic form.
public enum CBORItem: Sendable {
  /// An integer that is not negative.
  case unsigned(UInt64)
  /// The negative integer -1 - *n*.
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBORItem])
  /// The pairs in the order in which they were read.
  case map([Pair])
  indirect case tagged(UInt64, CBORItem)
  case bool(Bool)
  case null
  case undefined
  /// A simple value without a meaning of its own.
  case simple(UInt8)
  case float(Double)

  /// A key with its value.
  public struct Pair: Hashable, Sendable {
    public var key: CBORItem
    public var value: CBORItem

    public init(key: CBORItem, value: CBORItem) {
      self.key = key
      self.value = value
    }
  }

  /// How deep arrays, maps and tags may nest in what is read.
  ///
  /// More than the coder makes: each of its ``CBOR/maximumDepth`` levels is at most a tag and an
  /// array.
  static let maximumDepth = 2 * CBOR.maximumDepth + 8
}

extension CBORItem: Hashable {
  /// Whether the two are the same item: floats are compared by their bits, all NaNs being one, and
  /// texts by their UTF-8.
  public static func == (first: Self, second: Self) -> Bool {
    switch (first, second) {
    case (.unsigned(let first), .unsigned(let second)): first == second
    case (.negative(let first), .negative(let second)): first == second
    case (.bytes(let first), .bytes(let second)): first == second
    case (.text(let first), .text(let second)): first.utf8.elementsEqual(second.utf8)
    case (.array(let first), .array(let second)): first == second
    case (.map(let first), .map(let second)): first == second
    case (.tagged(let tag, let first), .tagged(let other, let second)):
      tag == other && first == second
    case (.bool(let first), .bool(let second)): first == second
    case (.null, .null), (.undefined, .undefined): true
    case (.simple(let first), .simple(let second)): first == second
    case (.float(let first), .float(let second)):
      first.bitPattern == second.bitPattern || first.isNaN && second.isNaN
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .unsigned(let value): hasher.combine(value)
    case .negative(let value): hasher.combine(value)
    case .bytes(let value): hasher.combine(value)
    case .text(let value): hasher.combine(value)
    case .array(let value): hasher.combine(value)
    case .map(let value): hasher.combine(value)
    case .tagged(let tag, let value):
      hasher.combine(tag)
      hasher.combine(value)
    case .bool(let value): hasher.combine(value)
    case .null: hasher.combine(22)
    case .undefined: hasher.combine(23)
    case .simple(let value): hasher.combine(value)
    // Equal floats have equal values, which is enough here.
    case .float(let value): hasher.combine(value.isNaN ? 0 : value)
    }
  }
}
