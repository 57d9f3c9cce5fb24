import SwiftSyntax

/// A 128-bit digest of a declaration's code: SHA-256 of its tokens, cut to its first half.
///
/// Comments and layout are no part of it, nor is `@Task` itself, whose arguments are keyed one by
/// one, or `@Tracked`. Each token is preceded by its length, so that the border between two tokens cannot move; each
/// statement and member begins with a mark, because a line break alone can make two of one.
struct SourceFingerprint: Equatable {
  let high: UInt64
  let low: UInt64

  init(of declaration: some DeclSyntaxProtocol) {
    let writer = TokenWriter(declaration)
    writer.walk(declaration)
    self.init(SHA256.digest(writer.bytes))
  }

  /// The first half of a digest.
  init(_ digest: [UInt8]) {
    high = digest[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// 32 hexadecimal digits.
  var digits: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The two words as literals.
  var literals: String { "0x\(digits.prefix(16)), 0x\(digits.suffix(16))" }
}

/// Writes the form that is digested.
///
/// It is made of the source's own text and not of the names of syntax nodes, which differ between
/// versions of swift-syntax.
private final class TokenWriter: SyntaxVisitor {
  private(set) var bytes = Array("millrace-tokens 1\n".utf8)
  private let declaration: SyntaxIdentifier

  init(_ declaration: some DeclSyntaxProtocol) {
    self.declaration = declaration.id
    super.init(viewMode: .sourceAccurate)
  }

  override func visit(_ node: TokenSyntax) -> SyntaxVisitorContinueKind {
    let text = Array(node.text.utf8)
    if !text.isEmpty { write(length: text.count, text) }
    return .skipChildren
  }

  override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind { mark() }
  override func visit(_ node: MemberBlockItemSyntax) -> SyntaxVisitorContinueKind { mark() }

  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind {
    let isOwn = node.parent?.parent?.id == declaration
    return isOwn && (node.isNamed("Task") || node.isNamed("Tracked"))
      ? .skipChildren : .visitChildren
  }

  /// No token is empty, so the length 0 is free.
  private func mark() -> SyntaxVisitorContinueKind {
    write(length: 0, [])
    return .visitChildren
  }

  private func write(length: Int, _ text: [UInt8]) {
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    bytes += text
  }
}
