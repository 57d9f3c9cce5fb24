import SwiftSyntax

/// The constant by which a running program finds a declaration: the linker puts all of them behind
/// one another.
///
/// Compilers before 6.3 have no way to say that without a flag; there, nothing is found.
enum CodeRecord {
  /// - Parameters:
  ///   - attributes: What the constant is declared with, each with a line break behind it.
  ///   - report: What adds the declaration to the list `$0`, with the space between the braces.
  static func text(
    named name: String, attributes: String = "", modifiers: String, report: String
  ) -> String {
    """
    \(attributes)#if compiler(>=6.3)
    #if objectFormat(MachO)
    @section("__DATA_CONST,__millrace")
    #else
    @section("millrace")
    #endif
    @used
    #endif
    nonisolated \(modifiers)static let \(name): Millrace.__CodeRecord = (1, {\(report)})
    """
  }
}
