import Millrace
import Testing

@testable import MillraceEngine

@Tracked private func keyHelper() -> Int { otherKeyHelper() + 1 }
private let otherKeyHelperLine = #line + 1
@Tracked private func otherKeyHelper() -> Int { 1 }

/// Helpers as parts of keys, and the executable in their place.
struct HelperKeyTests {
  private func call(
    using names: [String], fingerprint: Fingerprint = Fingerprint(1, 2)
  ) -> Node<Int> {
    let definition = TaskDefinition(
      __id: TaskID(fileID: "App/Tasks.swift", path: "task"), attributes: TaskAttributes(),
      fingerprint: fingerprint, usedNames: names, line: 0, parameters: [],
      output: .__stored(Int.self, "Int"), sync: { _ in 1 })
    _ = Unmanaged.passRetained(definition)
    return definition.__call { _ in }
  }

  private func parts(_ node: Node<Int>, _ options: RunOptions = RunOptions()) async throws
    -> KeyParts
  {
    let store = ArtifactStore.inMemory()
    try await Graph { node }.run(in: store, options: options)
    let key = try #require(store.names().first?.key)
    return try #require(store.find(key)).parts
  }

  @Test func `each helper is a part with its fingerprint`() async throws {
    let parts = try await parts(call(using: ["keyHelper"]))
    #expect(
      parts.names.filter { $0.hasPrefix("helper:") } == [
        "helper:MillraceEngineTests.keyHelper", "helper:MillraceEngineTests.otherKeyHelper",
      ])
    let helper = DeclarationTable.program.helpers(from: ["otherKeyHelper"])
    #expect(helper.count == 1)
    #expect(
      parts["helper:MillraceEngineTests.otherKeyHelper"]
        == helper.first.map { .text($0.fingerprint) })
  }

  @Test func `a name that nothing answers to leaves the key as it is`() async throws {
    let plain = try await parts(call(using: []))
    let other = try await parts(call(using: ["noSuchKeyHelper", ".keyHelper"]))
    #expect(other.encoded() == plain.encoded())
    #expect(!plain.names.contains { $0.hasPrefix("helper:") })
  }

  @Test func `a plan says which helper is new or has changed`() async throws {
    let store = ArtifactStore.inMemory()
    try await Graph { call(using: ["otherKeyHelper"]) }.run(in: store)
    let same = try await Graph { call(using: ["otherKeyHelper"]) }.plan(in: store)
    #expect(same.nodes.map(\.state) == [.hit])
    let plan = try await Graph { call(using: ["keyHelper"]) }.plan(in: store)
    #expect(plan.nodes.map { $0.reason?.description } == ["changed: helper 'keyHelper' is new"])
  }

  @Test func `a member is told with its type`() {
    let changes = ["fingerprint", "helper:App.Parser.parse", "helper:App.split"].map {
      KeyChange(.init(name: $0, old: .integer(1), new: .integer(2)))
    }
    #expect(
      MissReason.changed(changes).description
        == "changed: code 1 → 2, helper 'Parser.parse' 1 → 2, helper 'split' 1 → 2")
  }

  @Test func `a change of a helper knows where it stands in this program`() {
    func helper(_ part: String) -> Helper? {
      KeyChange(.init(name: part, old: .text("1"), new: nil)).helper
    }
    let found = helper("helper:MillraceEngineTests.otherKeyHelper")
    #expect(found?.fileID == "MillraceEngineTests/HelperKeyTests.swift")
    #expect(found?.line == otherKeyHelperLine)
    #expect(helper("helper:MillraceEngineTests.noSuchKeyHelper") == nil)
    #expect(helper("fingerprint") == nil && helper("input:otherKeyHelper") == nil)
  }

  @Test func `the executable stands for all code`() async throws {
    let options = RunOptions.with { $0.fingerprint = .executable }
    let plain = try await parts(call(using: ["keyHelper"]), options)
    let digest = try FileDigests(store: .inMemory()).digest(
      ofFile: FingerprintSource.executablePath())
    #expect(plain["fingerprint"] == .text("executable \(digest.hex)"))
    #expect(!plain.names.contains { $0.hasPrefix("helper:") })
    // Other code in the same executable: that it differs is known from the executable alone.
    let other = try await parts(call(using: [], fingerprint: Fingerprint(3, 4)), options)
    #expect(other.encoded() == plain.encoded())
  }

  @Test func `a run with the executable finds its results again, and not those of sources`()
    async throws
  {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.fingerprint = .executable }
    let graph = Graph { call(using: []) }
    #expect(try await graph.run(in: store).executed == 1)
    #expect(try await graph.run(in: store, options: options).executed == 1)
    #expect(try await graph.run(in: store, options: options).hits == 1)
    #expect(try await graph.run(in: store).hits == 1)
  }
}
