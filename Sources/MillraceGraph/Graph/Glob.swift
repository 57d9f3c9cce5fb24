/// A shell-like pattern for names: `*`, `?` and `[…]`, as in POSIX `fnmatch` without its flags.
///
/// `*` crosses slashes, since the slash in a name has no meaning of its own.
public struct Glob: Sendable {
  private enum Piece {
    case any, one, literal(Character), set([ClosedRange<Character>], negated: Bool)
  }
  private let pieces: [Piece]

  public init(_ pattern: String) {
    var pieces: [Piece] = []
    var rest = Substring(pattern)
    while let character = rest.popFirst() {
      switch character {
      case "*": pieces.append(.any)
      case "?": pieces.append(.one)
      case "[":
        if let set = Self.parseSet(&rest) {
          pieces.append(set)
        } else {
          pieces.append(.literal("["))
        }
      case "\\": pieces.append(.literal(rest.popFirst() ?? "\\"))
      default: pieces.append(.literal(character))
      }
    }
    self.pieces = pieces
  }

  /// Reads a set behind its `[`; nil, with nothing read, where no `]` closes it.
  private static func parseSet(_ rest: inout Substring) -> Piece? {
    var scan = rest
    let negated = scan.first == "!" || scan.first == "^"
    if negated { scan.removeFirst() }
    var ranges: [ClosedRange<Character>] = []
    while let low = scan.popFirst() {
      if low == "]", !ranges.isEmpty {
        rest = scan
        return .set(ranges, negated: negated)
      }
      if scan.first == "-", let high = scan.dropFirst().first, high != "]", low <= high {
        scan.removeFirst(2)
        ranges.append(low...high)
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }

  /// - Complexity: O(*n* · *m*) at worst; the last `*` alone is retried, so never exponential.
  public func matches(_ name: String) -> Bool {
    let characters = Array(name)
    var (piece, position) = (0, 0)
    var retry: (piece: Int, position: Int)?
    while position < characters.count {
      if piece < pieces.count, case .any = pieces[piece] {
        retry = (piece, position)
        piece += 1
      } else if piece < pieces.count, Self.accepts(pieces[piece], characters[position]) {
        piece += 1
        position += 1
      } else if let last = retry {
        (piece, position) = (last.piece + 1, last.position + 1)
        retry = (last.piece, last.position + 1)
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { if case .any = $0 { true } else { false } }
  }

  private static func accepts(_ piece: Piece, _ character: Character) -> Bool {
    switch piece {
    case .any, .one: true
    case .literal(let literal): literal == character
    case .set(let ranges, let negated):
      ranges.contains { $0.contains(character) } != negated
    }
  }
}
