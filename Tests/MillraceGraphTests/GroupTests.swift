import Millrace
import Testing

@Task private func load(_ name: String) -> Int { name.count }
@Task private func add(_ left: Int, _ right: Int) -> Int { left + right }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }

private func names(_ graph: Graph) -> [String] {
  graph.traversal().filter(\.task.isTask).map(\.name)
}

@Suite struct GroupTests {
  @Test func `names begin with the groups in which nodes were made or named`() {
    let raw = $load("raw")
    let graph = Graph {
      let table = Group("features") {
        let clean = $add(raw, 1)
        return Group("dates") { $add(clean, 2).named("parsed") }
      }
      $sum([table]).named("total")
      Group("late") { raw.named("source") }
    }
    #expect(names(graph) == ["late/source", "features/add", "features/dates/parsed", "total"])
    #expect(graph.nodes(matching: "features/*").count == 2)
  }

  @Test func `a name that is given outside of the group is as it was given`() {
    let graph = Graph { Group("features") { $load("a").named("inner") }.named("outer") }
    #expect(names(graph) == ["outer"])
  }

  @Test func `a group gives back a node, an array, a tuple or leaves`() {
    let graph = Graph {
      let one: Node<Int> = Group("one") { $load("a") }
      let list: [Node<Int>] = Group("list") { ["b", "c"].map { $load($0).named($0) } }
      let (first, second) = Group("pair") { ($load("d"), $load("e").named("e")) }
      Group("leaves") {
        $sum(list)
        $add(first, second)
      }
      one
    }
    #expect(
      names(graph) == [
        "one/load", "list/b", "list/c", "pair/load", "pair/e", "leaves/sum", "leaves/add",
      ])
    #expect(graph.leaves.count == 3)
  }

  @Test func `default names meet within a group only`() {
    let graph = Graph {
      Group("a") { $load("1") }
      Group("b") { $load("1") }
      Group("c") { [$load("1"), $load("2")] }
    }
    let names = names(graph)
    #expect(names.prefix(2) == ["a/load", "b/load"])
    #expect(names.dropFirst(2).allSatisfy { $0.hasPrefix("c/load#") && $0.count == 17 })
    #expect(Set(names).count == 4)
  }

  @Test func `what follows a named node keeps its digits when the node is moved`() {
    func tail(_ made: Node<Int>) -> Substring? {
      names(Graph { [$add(made, 1), $add(made, 2)] }).last?.split(separator: "#").last
    }
    #expect(tail($load("1")) == tail(Group("a") { $load("1") }))
  }

  @Test func `a group without a name adds nothing`() {
    #expect(names(Graph { Group("") { $load("a") } }) == ["load"])
    #expect(names(Graph { Group("a") { Group("") { $load("a") } } }) == ["a/load"])
  }

  @Test func `a group may be empty`() {
    let source = $load("a")
    #expect(Graph { Group("a") {} }.leaves.isEmpty)
    #expect(names(Graph { Group("a") { source } }) == ["load"])
  }

  @Test func `a group ends with its closure, also where that throws`() {
    struct Stop: Error {}
    let graph = Graph {
      if (try? Group("a") { () throws -> Node<Int> in throw Stop() }) != nil { $load("never") }
      $load("a")
    }
    #expect(names(graph) == ["load"])
  }

  @Test func `two explicit names that meet in groups of one name are a clear error`() async throws {
    let graph = Graph {
      Group("a") { $load("1").named("x") }
      Group("a") { $load("2").named("x") }
    }
    do {
      _ = try await graph.plan(in: .inMemory())
      Issue.record("the names must be refused")
    } catch {
      #expect(error as? PipelineError != nil && (error as? PipelineError)?.code == .duplicateName)
      #expect("\(error)".contains("Two nodes are named 'a/x'; give one of them another name."))
      #expect("\(error)".contains("groups are called 'a', name one of these otherwise."))
    }
  }
}
