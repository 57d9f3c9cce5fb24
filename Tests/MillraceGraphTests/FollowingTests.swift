import Testing

@testable import MillraceGraph

/// Which declarations a task reaches by names, and what of them enters its key.
struct FollowingTests {
  private func declaration(
    _ path: String, uses: [String] = [], answers: [String]? = nil, fingerprint: String? = nil,
    file: String = "App/Text.swift", line: Int = 1, task: String? = nil
  ) -> Declaration {
    Declaration(
      fileID: file, line: line, path: path, answers: answers ?? [path],
      fingerprint: fingerprint ?? "code of \(path)", usedNames: uses, task: task)
  }

  /// Helpers "0"… whose bits in `edges` say which of them each uses, itself among them.
  private func graph(of count: Int, edges: Int, changed: Int? = nil) -> DeclarationTable {
    DeclarationTable(
      (0..<count).map { helper in
        let used = (0..<count).filter { edges >> (helper * count + $0) & 1 == 1 }
        return declaration(
          "\(helper)", uses: used.map(String.init),
          fingerprint: changed == helper ? "changed" : "same")
      })
  }

  /// What each helper reaches, by repeated squaring of the relation, itself among it.
  private func closure(of count: Int, edges: Int) -> [Set<Int>] {
    var reached = (0..<count).map { helper in
      Set((0..<count).filter { edges >> (helper * count + $0) & 1 == 1 }).union([helper])
    }
    for _ in 0..<count {
      reached = reached.map { $0.reduce(into: $0) { $0.formUnion(reached[$1]) } }
    }
    return reached
  }

  @Test(arguments: 0...3)
  func `in all graphs of helpers exactly those are reached to which a path leads`(count: Int) {
    for edges in 0..<(1 << (count * count)) {
      let table = graph(of: count, edges: edges)
      let closure = closure(of: count, edges: edges)
      for start in 0..<count {
        let names = Set(table.helpers(from: ["\(start)"]).map(\.name))
        #expect(names == Set(closure[start].map { "App.\($0)" }), "\(edges) from \(start)")
      }
    }
  }

  /// Of four helpers without a use of itself, which all smaller graphs have.
  @Test func `a change of a helper changes exactly the parts of those that reach it`() {
    let count = 4
    let others = (0..<count).flatMap { helper in
      (0..<count).filter { $0 != helper }.map { helper * count + $0 }
    }
    // Every third of the 4,096 graphs.
    for choice in stride(from: 0, to: 1 << others.count, by: 3) {
      let edges = others.enumerated().reduce(0) { $0 | (choice >> $1.offset & 1) << $1.element }
      let closure = closure(of: count, edges: edges)
      let changed = choice % count
      let before = graph(of: count, edges: edges)
      let after = graph(of: count, edges: edges, changed: changed)
      for start in 0..<count {
        let isSame = before.helpers(from: ["\(start)"]) == after.helpers(from: ["\(start)"])
        #expect(isSame != closure[start].contains(changed), "\(edges) from \(start)")
      }
    }
  }

  @Test func `helpers are sorted by name, in whatever order they were linked`() {
    let list = ["b", "a", "c"].map { declaration($0) }
    let table = DeclarationTable(list)
    let other = DeclarationTable(list.reversed())
    #expect(table.helpers(from: ["c", "b", "a"]).map(\.name) == ["App.a", "App.b", "App.c"])
    #expect(table.helpers(from: ["a", "b", "c"]) == other.helpers(from: ["b", "c", "a"]))
  }

  @Test func `names that nothing answers to have no helpers`() {
    let table = DeclarationTable([declaration("split")])
    #expect(table.helpers(from: ["map", ".split", "Split"]).isEmpty)
    #expect(table.helpers(from: []).isEmpty)
  }

  /// A member of a value may be a method, and a name alone may be a method of `self`.
  @Test func `a method answers to its name with a dot and without`() {
    let table = DeclarationTable([
      declaration("Parser.parse", answers: ["parse", ".parse"]), declaration("parse"),
    ])
    #expect(table.helpers(from: [".parse"]).map(\.name) == ["App.Parser.parse"])
    #expect(table.helpers(from: ["parse"]).map(\.name) == ["App.Parser.parse", "App.parse"])
  }

  @Test func `overloads are one helper, and each of them counts, wherever it stands`() {
    let one = declaration("split", fingerprint: "1", line: 9)
    let two = declaration("split", fingerprint: "2", line: 3)
    func helper(_ list: Declaration...) -> Helper? {
      let helpers = DeclarationTable(list).helpers(from: ["split"])
      return helpers.count == 1 ? helpers[0] : nil
    }
    #expect(helper(one, two) == helper(two, one))
    #expect(helper(one, two)?.line == 3)
    #expect(helper(one)?.fingerprint == "1")
    let both = helper(one, two)?.fingerprint
    #expect(both != helper(one, declaration("split", fingerprint: "3"))?.fingerprint)
    #expect(both != helper(one)?.fingerprint)
    #expect(both != helper(one, two, two)?.fingerprint)
  }

  @Test func `declarations of one name in two modules are two helpers`() {
    let table = DeclarationTable([
      declaration("split"), declaration("split", file: "Library/Text.swift"),
    ])
    #expect(table.helpers(from: ["split"]).map(\.name) == ["App.split", "Library.split"])
  }

  @Test func `a task is no helper of itself, but what leads back to it is`() {
    let table = DeclarationTable([
      declaration("load", uses: ["read"], task: "App.load<>"), declaration("read", uses: ["load"]),
    ])
    #expect(table.helpers(from: ["read"], task: "App.load<>").map(\.name) == ["App.read"])
    #expect(table.helpers(from: ["read"]).map(\.name) == ["App.load", "App.read"])
  }

  @Test func `a task counts with its fingerprint and its version`() {
    func fingerprint(_ low: UInt64, version: Int) -> String {
      let definition = TaskDefinition(
        __id: TaskID(fileID: "App/Text.swift", path: "Steps.load(_:)"),
        attributes: TaskAttributes(version: version), fingerprint: Fingerprint(1, low),
        usedNames: ["read"], line: 4, parameters: [], output: .__stored(Int.self, "Int"),
        sync: { _ in 1 })
      let declaration = Declaration(definition)
      #expect(declaration.name == "App.Steps.load" && declaration.answers == ["load"])
      #expect(declaration.usedNames == ["read"] && declaration.line == 4)
      return declaration.fingerprint
    }
    #expect(
      Set([fingerprint(1, version: 1), fingerprint(2, version: 1), fingerprint(1, version: 2)])
        .count == 3)
  }
}
