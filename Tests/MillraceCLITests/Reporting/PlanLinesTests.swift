import Millrace
import Testing

@testable import MillraceCLI

struct PlanLinesTests {
  private func node(
    _ name: String, _ state: PlannedNode.State, _ reason: MissReason? = nil
  ) async -> PlannedNode {
    var node = await Self.template
    node.name = name
    node.state = state
    node.reason = reason
    return node
  }

  /// A planned node can only be had of a plan.
  private static var template: PlannedNode {
    get async {
      let plan = try? await Graph { $square(1) }.plan(in: .inMemory())
      return plan!.nodes[0]
    }
  }

  @Test func `reasons stand under each other and a sum comes last`() async {
    let nodes = [
      await node("load", .hit),
      await node(
        "train#3fa91c", .run,
        .changed([KeyChange(.init(name: "version", old: .integer(1), new: .integer(2)))])),
      await node("report", .waiting, .waitsFor(["train#3fa91c"])),
      await node("model", .onDemand, .transient),
    ]
    #expect(
      PlanLines(isColoured: false).all(of: nodes) == [
        "hit        load",
        "run        train#3fa91c  changed: version 1 → 2",
        "waiting    report        waits for 'train#3fa91c'",
        "on demand  model         kept in memory only",
        "4 nodes: 1 to run, 1 hit, 1 waiting, 1 on demand",
      ])
  }

  @Test func `of many that a node waits for, four are named`() async {
    let names = (1...6).map { "n\($0)" }
    #expect(
      PlanLines(isColoured: false).all(of: [
        await node("four", .waiting, .waitsFor(Array(names.prefix(4)))),
        await node("six", .waiting, .waitsFor(names)),
      ]).prefix(2) == [
        "waiting    four  waits for 'n1', 'n2', 'n3', 'n4'",
        "waiting    six   waits for 'n1', 'n2', 'n3', 'n4' and 2 more",
      ])
  }

  @Test func `nothing to do is said`() {
    #expect(PlanLines(isColoured: false).all(of: []) == ["0 nodes: 0 to run, 0 hits"])
  }

  @Test func `a very long name moves no other reason`() async {
    let long = String(repeating: "n", count: 60)
    let nodes = [await node(long, .run, .new), await node("short", .run, .new)]
    let lines = PlanLines(isColoured: false).all(of: nodes)
    #expect(lines[0] == "run        \(long)  no earlier result")
    #expect(lines[1] == "run        \("short".filled(to: 40))  no earlier result")
  }
}
