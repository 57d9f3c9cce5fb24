import Millrace
import Testing

@Task private func upTo(_ count: Int) -> [Int] { Array(0..<count) }
@Task private func rejects(_ row: Int, _ column: Int, bad: Int) throws -> Int {
  if row * 10 + column == bad { throw Bad() }
  return 0
}

private struct Bad: Error {}

/// A failure inside of a `ForEach` says which element it belongs to.
@Suite(.timeLimit(.minutes(10))) struct ElementFailureTests {
  @Test(arguments: BackendKind.all)
  func `a failure names the element's position, and its value only where it has a label`(
    kind: BackendKind
  ) async throws {
    let plain = ForEach([17, 18, 19]) { $rejects(1, $0, bad: 28) }
    let error = await #expect(throws: PipelineError.self) {
      try await plain.value(on: kind.backend)
    }
    #expect(error?.places == [.element(position: 1, label: nil)])
    #expect(error?.message.contains(" failed for element [1]: Bad()") == true)
    #expect(error?.message.contains("18") == false)

    let labelled = ForEach([17, 18, 19], naming: { "<\($0)>" }) { $rejects(1, $0, bad: 28) }
    let named = await #expect(throws: PipelineError.self) {
      try await labelled.value(on: kind.backend)
    }
    #expect(named?.places == [.element(position: 1, label: "<18>")])
    #expect(named?.message.contains("for element [1] '<18>'") == true)
  }

  @Test(arguments: BackendKind.all)
  func `nested elements are all named, the outermost first`(kind: BackendKind) async throws {
    let graph = Graph {
      ForEach([3, 4], naming: { "row \($0)" }) { row in
        ForEach($upTo(row)) { column in $rejects(row, column, bad: 42) }
      }
      ForEach([1]) { _ in node("beside") }
    }
    let result = try await graph.run(on: kind.backend)
    let failure = try #require(result.failures.first)
    #expect(
      failure.places == [
        .element(position: 1, label: "row 4"), .element(position: 2, label: nil),
      ])
    #expect(failure.message.contains("for element [1] 'row 4', element [2]"))
    #expect(result.reports().first { $0.state == .failed }?.error?.places == failure.places)
  }

  @Test func `what a template takes from outside belongs to no element`() async throws {
    let outside = $rejects(1, 2, bad: 12)
    let error = await #expect(throws: PipelineError.self) {
      try await ForEach([1, 2]) { node("one", [$0, outside]) }.value()
    }
    #expect(error?.places == [])
    #expect(error?.message.contains("element") == false)
  }

  @Test func `an error of the engine's own says the element as well`() async throws {
    let results = ForEach([1, 2], naming: { "n\($0)" }) { number in
      node("one", [number]) { values, _ in
        if values[0] == 2 { throw PipelineError(.inputFile, "There is no file; make one.") }
        return 0
      }
    }
    let error = await #expect(throws: PipelineError.self) { try await results.value() }
    #expect(error?.code == .inputFile)
    #expect(error?.places == [.element(position: 1, label: "n2")])
    #expect(error?.message == "There is no file; make one. (This is for element [1] 'n2'.)")
  }
}
