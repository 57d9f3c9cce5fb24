import Testing

@testable import MillraceCLI

struct PlanCommandTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  init() throws { folder = try TemporaryFolder() }

  @Test func `a plan creates no store and runs nothing`() async throws {
    let printed = await run(Squares.self, ["plan"] + store)
    #expect(printed.status == 0)
    #expect(
      printed.lines == [
        "run        numbers  no earlier result", "waiting    total    waits for 'numbers'",
        "waiting    report   waits for 'total'", "waiting    bytes    waits for 'total'",
        "4 nodes: 1 to run, 0 hits, 3 waiting",
      ])
    #expect(try folder.names().isEmpty)
  }

  @Test func `a plan says why`() async {
    _ = await run(Squares.self, store)
    let same = await run(Squares.self, ["plan"] + store)
    #expect(same.lines.last == "7 nodes: 0 to run, 7 hits")
    let other = await run(Squares.self, ["plan", "--count", "4"] + store)
    #expect(
      other.lines.first?.hasPrefix("run        numbers  changed: input 'count' ") == true)
  }

  @Test func `JSON has a line for each node and one for the plan`() async {
    let printed = await run(Squares.self, ["plan", "--json"] + store)
    #expect(
      printed.lines.first
        == #"{"event":"node","name":"numbers","task":"numbers","state":"run","reason":"no earlier result"}"#
    )
    #expect(
      printed.lines.last
        == #"{"event":"plan","status":"succeeded","nodes":4,"run":1,"hits":0,"waiting":3,"onDemand":0}"#
    )
  }

  @Test func `a plan that cannot be made is an error`() async {
    let printed = await run(Doubled.self, ["plan", "--json"] + store)
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: Two nodes are named 'same'"))
    #expect(printed.lines.first?.hasPrefix(#"{"event":"error","code":"duplicateName""#) == true)
    #expect(printed.lines.last?.hasPrefix(#"{"event":"plan","status":"failed""#) == true)
  }
}
