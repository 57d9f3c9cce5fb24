import Millrace
import MillraceTesting
import Testing

/// Why a node ran, told from what runs recorded.
@Suite(.timeLimit(.minutes(10))) struct ExplanationTests {
  private let store = ArtifactStore.inMemory()

  /// Four nodes, of which one can be changed in each way.
  private struct Shape {
    var version = 1
    var code = Fingerprint(1, 1)
    var source = 7
    var middle = CachePolicy.stored

    var graph: Graph {
      Graph {
        let a = node("a", [], TaskAttributes(version: version)) { [source] _, _ in source }
        let b = node("b", [a], TaskAttributes(cache: middle), fingerprint: code)
        let c = node("c", [b, a])
        node("d", [c]).named("d")
      }
    }
  }

  @discardableResult
  private func run(_ shape: Shape = Shape()) async throws -> RunResult {
    try await shape.graph.run(on: .local, in: store)
  }

  private func explain(_ node: String, _ run: RunResult? = nil) throws -> Explanation {
    try #require(try store.explain(node, of: "graph", run: run?.run))
  }

  private func changes(_ explanation: Explanation) -> [String] {
    guard case .changed(let changes) = explanation.reason else { return [explanation.reason.word] }
    return changes.map { change in
      "\(change.part.subject)\(change.upstream.isEmpty ? "" : " from \(change.upstream)")"
    }
  }

  @Test func `the first run explains itself`() async throws {
    let result = try await run()
    let found = try explain("c")
    #expect(found.state == .executed && found.earlier == nil && found.run.id == result.run)
    #expect(changes(found) == ["first"])
    #expect(found.result?.artifact == store.resolve("graph/c")?.artifact)
    #expect(try store.explain("none", of: "graph") == nil)
    #expect(try store.explain("c", of: "other") == nil)
  }

  @Test func `a change is told where it is, and upstream of where it came to`() async throws {
    try await run()
    try await run(Shape(version: 2, source: 8))
    #expect(changes(try explain("a")) == ["version"])
    #expect(changes(try explain("b")) == ["input 'p0' from [\"a\"]"])
    let c = try explain("c")
    #expect(changes(c) == ["input 'p0' from [\"b\"]", "input 'p1' from [\"a\"]"])
    let d = try explain("d")
    #expect(changes(d) == ["input 'p0' from [\"c\"]"])
    #expect(d.roots.map(\.node) == ["a"])
    #expect(d.roots.first?.changes.map(\.subject) == [.version])
    #expect(d.roots.first?.path == ["a", "c", "d"])
    #expect(d.roots.first?.fileID == "Tests/Nodes.swift")
  }

  @Test func `old and new are both told`() async throws {
    try await run()
    try await run(Shape(version: 2, code: Fingerprint(2, 2)))
    guard case .changed(let version) = try explain("a").reason,
      case .changed(let code) = try explain("b").reason
    else {
      Issue.record("both have changed")
      return
    }
    #expect("\(version[0].part)" == "version 1 → 2")
    #expect(code[0].part.old == .text("\(Fingerprint(1, 1))"))
    #expect(code[0].part.new == .text("\(Fingerprint(2, 2))"))
  }

  @Test func `a hit says which run made its value`() async throws {
    let first = try await run()
    // Early cut-off: other code, the same bytes.
    let second = try await run(Shape(code: Fingerprint(2, 2)))
    let found = try explain("c", second)
    #expect(found.state == .hit)
    #expect(found.result?.run == first.run)
    #expect(changes(found) == ["same"])
    #expect(changes(try explain("b", second)) == ["code"])
  }

  @Test func `changes are followed through values that are not stored`() async throws {
    try await run(Shape(middle: .transient))
    try await run(Shape(code: Fingerprint(2, 2), middle: .transient))
    #expect(changes(try explain("b")) == ["code"])
    let c = try explain("c")
    #expect(changes(c) == ["input 'p0' from [\"b\"]"])
    #expect(c.roots.map(\.node) == ["b"])
    #expect(c.roots.first?.changes.map(\.subject) == [.code])
  }

  @Test func `an invalidated result and a lost one are no changes`() async throws {
    try await run()
    try store.invalidate(name: "graph/b", reason: "suspect")
    try await run()
    let found = try explain("b")
    guard case .invalidated(let record) = found.reason else {
      Issue.record("it was invalidated, and not: \(found.reason)")
      return
    }
    #expect(record.reason == "suspect")
    #expect(changes(try explain("a")) == ["same"])

    let storage = Storage.memory()
    var options = StoreOptions()
    options.inlineLimit = 0
    let other = try ArtifactStore(storage: storage, options: options)
    try await Shape().graph.run(on: .local, in: other)
    try storage.blobs.delete(try #require(other.resolve("graph/b")).artifact)
    try await Shape().graph.run(on: .local, in: other)
    #expect(try other.explain("b", of: "graph")?.reason.word == "lost")
  }

  @Test func `an earlier run is the nearest that has the node`() async throws {
    let first = try await run()
    try await Graph { node("x") }.run(on: .local, in: store)
    try await run(Shape(version: 2, source: 8))
    #expect(try explain("c").earlier?.id == first.run)
    // A run that is asked for by its id need not be the last.
    #expect(changes(try explain("c", first)) == ["first"])
  }

  @Test func `a chain of a thousand nodes is explained without recursion`() async throws {
    func chain(_ start: Int) -> Graph {
      Graph {
        var last = node("n0", [], TaskAttributes(version: start)) { _, _ in start }
        for index in 1..<1000 { last = node("n\(index)", [last]) }
        last
      }
    }
    try await chain(1).run(on: .local, in: store)
    try await chain(2).run(on: .local, in: store)
    let found = try explain("n999")
    #expect(found.roots.map(\.node) == ["n0"])
    #expect(found.roots.first?.path.count == 1000)
  }

  // MARK: Two runs

  @Test func `two runs differ in the nodes that changed, came and went`() async throws {
    let first = try await run()
    let second = try await Graph {
      let a = node("a", [], TaskAttributes(version: 2)) { _, _ in 7 }
      let b = node("b", [a], fingerprint: Fingerprint(1, 1))
      node("e", [b])
    }.run(on: .local, in: store)
    let found = try #require(try store.difference(from: first.run, to: second.run))
    #expect(found.added == ["e"])
    #expect(found.removed == ["c", "d"])
    #expect(found.changed.map(\.name) == ["a"])
    #expect(found.changed.first?.isOutputChanged == false)
    #expect(found.unchanged == 1)
    #expect(try store.difference(from: first.run, to: store.makeRunID()) == nil)
  }

  // MARK: Lineage

  @Test func `a lineage goes back to what came from outside`() async throws {
    try await run()
    let lineage = try store.lineage(of: try #require(store.resolve("graph/d")))
    #expect(lineage.nodes.map(\.name) == ["d", "c", "b", "a"])
    #expect(lineage.nodes[1].inputs.map(\.nodes) == [[2], [3]])
    #expect(lineage.nodes[2].fingerprint == "\(Fingerprint(1, 1))")
    #expect(lineage.nodes[3].inputs.isEmpty && lineage.nodes[3].constants.isEmpty)
    #expect(lineage.nodes.allSatisfy { $0.result != nil })
    #expect(lineage.run?.status == .succeeded)
  }

  @Test func `parameters and files are part of a lineage`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("eight", to: "a.txt")
    let text = $lengthOf(InputFile("\(folder.path)/a.txt"), scale: 3)
    try await Graph { text.named("length") }.run(on: .local, in: store)
    let node = try store.lineage(of: try #require(store.resolve("graph/length"))).nodes[0]
    #expect(Set(node.constants.map(\.parameter)) == ["file", "scale"])
    #expect(node.files.values.map(\.hex) == [Digest.sha256(Array("eight".utf8)).hex])
  }

  @Test func `a result whose run was killed has a lineage of one node`() throws {
    var parts = KeyParts()
    parts["version"] = .integer(4)
    var facts = ArtifactFacts(codec: "cbor/1", parts: parts, task: "t", node: "n")
    facts.pipeline = "p"
    try [UInt8]([1]).withUnsafeBytes { _ = try store.save($0, for: parts.key, facts: facts) }
    let lineage = try store.lineage(of: try #require(store.resolve("p/n")))
    #expect(lineage.nodes.map(\.name) == ["n"])
    #expect(lineage.nodes[0].version == 4)
    #expect(lineage.run == nil)
  }

  // MARK: Acceptance

  @Test func `an accepted result stands for the new key, and the history tells`() async throws {
    let first = try await run()
    let changed = Shape(code: Fingerprint(9, 9))
    let plan = try await changed.graph.plan(on: .local, in: store)
    let record = try plan.accept("b", because: "only a rename")
    #expect(record.acceptance?.reason == "only a rename")
    let second = try await run(changed)
    #expect(second.executed == 0 && second.hits == 4)
    let name = try #require(store.history(of: "graph/b").first)
    #expect(name.key == record.key)
    let found = try explain("b")
    // The run wrote nothing, so the last that recorded its nodes is the first.
    #expect(found.run.id == first.run)
    try store.invalidate(name: "graph/b", reason: "after all")
    #expect(try await run(changed).executedNames == ["b"])
  }

  @Test func `a result that was invalidated is not accepted`() async throws {
    try await run()
    try store.invalidate(name: "graph/b", reason: "suspect")
    let plan = try await Shape(code: Fingerprint(9, 9)).graph.plan(on: .local, in: store)
    let error = #expect(throws: PipelineError.self) { try plan.accept("b", because: "") }
    #expect(error.map { "\($0)".contains("was invalidated") } == true)
  }

  @Test(arguments: ["a", "c", "x"])
  func `what cannot be accepted is refused with a reason`(name: String) async throws {
    if name != "a" { try await run() }
    let plan = try await Shape(version: name == "c" ? 2 : 1).graph.plan(on: .local, in: store)
    let error = #expect(throws: PipelineError.self) {
      try plan.accept(name, because: "")
    }
    let expected = ["a": "no earlier result", "c": "waits for 'b'", "x": "has no node 'x'"]
    #expect(error.map { "\($0)".contains(expected[name]!) } == true, "\(error!)")
  }

  @Test func `a plan tells reasons in their order, with old and new`() async throws {
    try await run()
    func reason(_ shape: Shape, _ name: String) async throws -> String? {
      let plan = try await shape.graph.plan(on: .local, in: store)
      return plan.nodes.first { $0.name == name }?.reason?.description
    }
    #expect(try await reason(Shape(version: 3), "a") == "changed: version 1 → 3")
    #expect(try await reason(Shape(version: 3), "b") == "waits for 'a'")
    let code = try #require(try await reason(Shape(code: Fingerprint(2, 2)), "b"))
    #expect(code == "changed: code 000000 → 000000")
    try store.invalidate(name: "graph/a", reason: "suspect")
    #expect(try await reason(Shape(), "a") == "invalidated: suspect")
  }

  // MARK: Reading

  @Test func `values are read by name, time and run`() async throws {
    let first = try await run()
    let time = try #require(store.resolve("graph/d")).time
    let second = try await run(Shape(version: 2, source: 100))
    let values = (
      try store.read("graph/d", as: Int.self), try store.read("graph/d", as: Int.self, at: time)
    )
    #expect(values.0 != values.1)
    #expect(try store.read("d", as: Int.self, in: first.run) == values.1)
    #expect(try store.read("d", as: Int.self, in: second.run) == values.0)
    let errors = [
      #expect(throws: PipelineError.self) { try store.read("graph/dd", as: Int.self) },
      #expect(throws: PipelineError.self) { try store.read("graph/d", as: String.self) },
      #expect(throws: PipelineError.self) { try store.read("graph/d", as: [Int].self) },
      #expect(throws: PipelineError.self) { try store.read("x", as: Int.self, in: first.run) },
      #expect(throws: PipelineError.self) {
        try store.read("graph/d", as: Int.self, at: LogicalTime(nanoseconds: 1))
      },
    ]
    #expect(
      errors.map { $0?.code } == [.unknownNode, .coding, .coding, .unknownNode, .unknownNode])
    #expect("\(errors[0]!)".contains("'graph/d'"))
  }
}

@Task private func lengthOf(_ file: InputFile, scale: Int) throws -> Int {
  try file.text().utf8.count * scale
}

extension Explanation.Reason {
  /// The case.
  fileprivate var word: String {
    switch self {
    case .first: "first"
    case .unkeyed: "unkeyed"
    case .unreached: "unreached"
    case .changed: "changed"
    case .same: "same"
    case .invalidated: "invalidated"
    case .forced: "forced"
    case .transient: "transient"
    case .lost: "lost"
    case .forgotten: "forgotten"
    }
  }
}
