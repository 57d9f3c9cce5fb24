import Millrace
import MillraceGraph
import Testing

/// What the tasks of `TrackedUses.swift` are found to use, in this program as it was linked.
struct FollowingTests {
  private func helpers(_ graph: Graph) throws -> [Helper] {
    let task = try #require(graph.tasks.first)
    // Other test files' declarations of the same names would count as well.
    return task.helpers.filter { $0.fileID == "MillraceTests/TrackedUses.swift" }
  }

  private func names(_ graph: Graph) throws -> [String] {
    try helpers(graph).map { String($0.name.dropFirst("MillraceTests.".count)) }
  }

  @Test func `a task's helpers are found, and theirs`() throws {
    #expect(try names(Graph { $tokens("a") }) == ["separators", "splitWords"])
    #expect(try names(Graph { $listed(["a"]) }) == ["extension Array"])
    #expect(
      try names(Graph { $windowed(1) }) == ["Window.covers", "Window.init"])
  }

  @Test func `a task that is called counts with its helpers`() throws {
    #expect(
      try names(Graph { $scored("a") }) == ["Scorer", "separators", "splitWords", "tokens"])
    #expect(
      try names(Graph { $shiftedTwice(1) }) == ["Shifts.base", "Shifts.shift", "Shifts.shifted"])
  }

  @Test func `a member's helpers are found within its own type`() throws {
    #expect(try names(Graph { Shifts.$shifted(1) }) == ["Shifts.base", "Shifts.shift"])
  }

  @Test func `a task without helpers has none`() throws {
    #expect(try names(Graph { $plainly(1) }).isEmpty)
  }

  @Test func `a helper says where it is`() throws {
    let helper = try #require(try helpers(Graph { $tokens("a") }).last)
    #expect(helper.name == "MillraceTests.splitWords" && helper.line > 0)
    // Of two overloads: a digest, not one of the fingerprints.
    #expect(helper.fingerprint.count == 64)
  }

  /// No test calls them, and some nobody can call from here.
  @Test func `every declaration leaves its record, whether it is used or not`() {
    let found = Set(
      DeclarationTable.program.declarations.filter {
        $0.fileID == "MillraceTests/TrackedUses.swift"
      }
      .map(\.path))
    #expect(
      found.isSuperset(of: [
        "separators", "doubledLimit", "helperLimit", "splitWords", "firstOf", "Scorer", "Boxed",
        "Spelling", "Tally", "Keeper", "extension Scorer", "extension Array", "Shifts.base",
        "Shifts.shift", "Shifts.shifted", "Window.init", "Window.covers", "Window.isOdd",
        "Screen.width", "Screen.height", "recentHelper", "tokens", "record",
      ]))
  }
}
