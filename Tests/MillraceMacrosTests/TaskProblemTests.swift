import Testing

@testable import MillraceMacros

@Suite
struct TaskProblemTests {
  static let misuses =
    MisuseCase.declarations + MisuseCase.functions + MisuseCase.structures + MisuseCase.actors

  @Test(arguments: misuses)
  func `misuse is diagnosed at the smallest node, with the edit that mends it`(_ misuse: MisuseCase)
  {
    let expanded = expand(misuse.source)
    #expect(expanded.problems.map(\.kind) == [misuse.kind])
    expectExpansion(
      of: misuse.source, is: expanded.text, diagnostics: [misuse.specification],
      fixed: misuse.fixed)
  }

  @Test(arguments: misuses.filter { $0.kind != .appliedTwice })
  func `nothing is written beside a declaration with a problem`(_ misuse: MisuseCase) {
    #expect(!expand(misuse.source).text.contains("Millrace.TaskDefinition"))
  }

  @Test(arguments: misuses.filter { $0.fixed != nil && $0.kind != .missingRun })
  func `a mended declaration is a task`(_ misuse: MisuseCase) throws {
    let expanded = expand(try #require(misuse.fixed))
    #expect(expanded.problems.isEmpty)
  }

  @Test
  func `every kind of problem has a case`() {
    let kinds = (Self.misuses + MisuseCase.methods).map(\.kind)
    #expect(Set(kinds) == Set(TaskProblem.Kind.allCases))
  }

  @Test
  func `an attribute written twice expands once`() {
    let text = expand("@Task(version: 2) @Task func f() {}").text
    #expect(text.components(of: "Millrace.TaskDefinition(") == 1)
  }

  @Test
  func `all problems of a declaration are said at once`() {
    let source =
      "struct S { @Task(ignoring: [\"y\"]) func f(_ x: inout Int, z: Int...) rethrows {} }"
    #expect(
      expand(source).problems.map(\.kind) == [
        .instanceMethod, .inoutParameter, .variadicParameter, .rethrowsFunction, .unknownIgnored,
      ])
  }
}

extension String {
  /// How often another string occurs, without overlap.
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = Substring(self)
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
