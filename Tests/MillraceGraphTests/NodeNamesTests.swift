import Millrace
import Testing

@Task private func load(_ name: String) -> [Int] { [name.count] }
@Task private func train(_ rows: [Int], rate: Double = 0.1) -> Model { Model() }
@Task private func score(_ values: [Double]) -> Double { values.reduce(0, +) }
@Task private func double(_ value: Int) -> Int { value * 2 }
@Task private func triple(_ value: Int) -> Int { value * 3 }
@Task private func scaled(_ value: Int, by factor: Int) -> Int { value * factor }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task("a name of its own") private func renamed() -> Int { 1 }

private struct Model: Codable, Sendable {
  var weights: [Double] = []
  var biases: [Double] = []
}

@Suite struct NodeNamesTests {
  private func names(_ graph: Graph) -> [String] { graph.traversal().map(\.name) }

  @Test func `a node has its task's name, or the one that it was given`() {
    let graph = Graph {
      $sum($load("a")).named("total")
      $renamed()
    }
    #expect(names(graph) == ["load", "total", "a name of its own"])
  }

  @Test func `nodes of one default name get suffixes, and an explicit name stays`() {
    let graph = Graph {
      for rate in [0.1, 0.5] { $train($load("a"), rate: rate) }
      $train($load("a"), rate: 1).named("train")
    }
    let names = names(graph)
    #expect(names.count { $0 == "train" } == 1)
    let suffixed = names.filter { $0.wholeMatch(of: /train#[0-9a-f]{10}/) != nil }
    #expect(Set(suffixed).count == 2)
  }

  @Test func `adding a node renames no other`() {
    func graph(_ others: [String]) -> Graph {
      Graph {
        for other in others { $sum($load(other)) }
        for rate in [0.1, 0.5] { $train($load("a"), rate: rate) }
        for other in others { $sum($load(other + "2")).named(other) }
      }
    }
    let before = Set(names(graph([])).filter { $0.hasPrefix("train") })
    let after = Set(names(graph(["x", "y"])).filter { $0.hasPrefix("train") })
    #expect(before.count == 2 && before == after)
  }

  @Test func `the same program gives the same names`() {
    func graph() -> Graph {
      Graph { for rate in [0.1, 0.5, 1] { $train($load("a"), rate: rate) } }
    }
    #expect(names(graph()) == names(graph()))
  }

  @Test func `consumers of different members have different names`() {
    let model = $train($load("a"))
    let graph = Graph {
      $score(model.weights)
      $score(model.biases)
    }
    #expect(Set(names(graph).filter { $0.hasPrefix("score") }).count == 2)
  }

  @Test func `consumers of different templates over one list have different names`() {
    let list = $load("a")
    let graph = Graph {
      $sum(ForEach(list) { $double($0) })
      $sum(ForEach(list) { $triple($0) })
      $sum(ForEach(list) { $scaled($0, by: 2) })
      $sum(ForEach(list) { $scaled($0, by: 3) })
      $sum(ForEach(list) { $0 })
      $sum(ForEach(list) { $double($double($0)) })
    }
    #expect(Set(names(graph).filter { $0.hasPrefix("sum#") }).count == 6)
  }

  @Test func `a template's own nodes need not differ for names to be the same in two processes`() {
    func graph() -> Graph {
      let list = $load("a")
      return Graph {
        $sum(ForEach(list) { element in $scaled($double(element), by: 2) })
        $sum(ForEach(list) { element in $scaled(element, by: 2) })
      }
    }
    #expect(names(graph()) == names(graph()))
  }

  @Test func `an explicit name keeps the names behind it when something changes before it`() {
    func graph(_ path: String) -> Graph {
      Graph {
        let list = $load(path).named("list")
        $sum(list)
        $sum([$sum(list), $double(1)])
      }
    }
    #expect(names(graph("a")) == names(graph("b")))
  }

  @Test(arguments: [
    (["a", "a"], ["a#1", "a#2"]), (["a", "b"], ["a", "b"]), ([], []),
  ])
  func `only names that meet get suffixes`(bases: [String], expected: [String]) {
    let names = NodeNames(bases: bases, isExplicit: { _ in false }) {
      bases.indices.map { Digest.sha256([UInt8($0)]) }
    }
    let given = bases.indices.map { names[$0] }
    #expect(given.map { $0.contains("#") } == expected.map { $0.contains("#") })
    #expect(Set(given).count == bases.count)
  }
}
