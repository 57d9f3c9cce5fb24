/// What the keys of many nodes have in common: all parts but some, encoded once.
///
/// A key made by a form is the key of the ``KeyParts`` with the same parts. It takes a fraction of the
/// time: names are sorted once, and the bytes before the first open part are hashed once.
public struct KeyForm: Sendable {
  /// The bytes before, between and behind the open parts, each with the name of the part that follows.
  private let pieces: [[UInt8]]
  /// Which open part follows a piece, as the caller numbers them.
  private let order: [Int]
  /// The hash of the first piece.
  private let beginning: SHA256

  /// - Parameters:
  ///   - fixed: The parts that do not change.
  ///   - open: The names of those that do, all different and none of them in `fixed`.
  public init(_ fixed: KeyParts, open: [String]) {
    var all = fixed
    for name in open { all[name] = .integer(0) }
    precondition(all.parts.count == fixed.parts.count + open.count, "names of parts meet")
    let numbers = Dictionary(uniqueKeysWithValues: open.enumerated().map { ($1, $0) })
    var pieces: [[UInt8]] = []
    var order: [Int] = []
    var writer = CBORWriter()
    writer.appendMapHeader(count: all.parts.count)
    for part in all.parts {
      writer.append(text: part.name.text)
      if let number = numbers[part.name.text] {
        pieces.append(writer.bytes)
        order.append(number)
        writer = CBORWriter()
      } else {
        part.value.append(to: &writer)
      }
    }
    pieces.append(writer.bytes)
    self.pieces = pieces
    self.order = order
    var beginning = SHA256()
    beginning.update(pieces[0])
    self.beginning = beginning
  }

  /// What `KeyParts.encoded()` gives for the same parts.
  ///
  /// - Parameter part: The value of an open part, by its place in `open`; called once for each.
  public func encoded(_ part: (Int) throws -> KeyParts.Value) rethrows -> [UInt8] {
    var writer = CBORWriter(reservingCapacity: pieces.reduce(0) { $0 + $1.count + 40 })
    try encode(part, to: &writer)
    return writer.bytes
  }

  /// Appends what ``encoded(_:)`` returns.
  public func encode(
    _ part: (Int) throws -> KeyParts.Value, to writer: inout CBORWriter
  ) rethrows {
    for (piece, number) in zip(pieces, order) {
      writer.bytes += piece
      try part(number).append(to: &writer)
    }
    writer.bytes += pieces[order.count]
  }

  /// Appends what ``encoded(_:)`` returns, with open parts that are appended by the caller.
  ///
  /// - Parameter append: Appends the value of an open part, by its place in `open`; called once for each.
  public func encode(
    to writer: inout CBORWriter, append: (Int, inout CBORWriter) throws -> Void
  ) rethrows {
    for (piece, number) in zip(pieces, order) {
      writer.bytes += piece
      try append(number, &writer)
    }
    writer.bytes += pieces[order.count]
  }

  /// What comes before the first open part.
  var firstPiece: [UInt8] { pieces[0] }

  /// How many parts are open.
  var openCount: Int { order.count }

  /// The key of the encoding that ``encoded(_:)`` returns for these parts, without making it: what is
  /// before the first open part is not even copied.
  ///
  /// - Parameters:
  ///   - writer: Memory to work in, emptied first: a caller keeps it from key to key.
  ///   - append: Appends the value of an open part, by its place in `open`; called once for each.
  public func key(
    in writer: inout CBORWriter, append: (Int, inout CBORWriter) throws -> Void
  ) rethrows -> Key {
    var hash = try hash(in: &writer, append: append)
    hash.update(writer.bytes)
    return Key(hash.finalize())
  }

  /// - Returns: The hash of what comes before what was written.
  func hash(
    in writer: inout CBORWriter, append: (Int, inout CBORWriter) throws -> Void
  ) rethrows -> SHA256 {
    writer.removeAll()
    for (index, number) in order.enumerated() {
      if index > 0 { writer.bytes += pieces[index] }
      try append(number, &writer)
    }
    if !order.isEmpty { writer.bytes += pieces[order.count] }
    return beginning
  }

  /// The key of an encoding that this form made.
  public func key(ofEncoding bytes: [UInt8]) -> Key {
    var hash = beginning
    bytes.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[pieces[0].count...])) }
    return Key(hash.finalize())
  }
}
