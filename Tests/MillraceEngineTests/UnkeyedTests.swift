import Millrace
import Testing

@Task private struct Scale {
  enum Device: String, Codable, Sendable { case cpu, gpu }

  var x: Int
  @Unkeyed var verbosity = 0
  @Unkeyed var device: Device
  /// Chosen so that the value tells with which inputs the task ran.
  func run() -> String { "\(x) \(verbosity) \(device)" }
}

@Task(cache: .transient) private func level(_ x: Int) -> Int { x }

@Suite(.timeLimit(.minutes(10))) struct UnkeyedTests {
  @Test(arguments: BackendKind.all)
  func `what is unkeyed decides nothing`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    func value(_ node: Node<String>) async throws -> String {
      try await node.value(on: kind.backend, in: store)
    }
    #expect(try await value($Scale(x: 1, device: .cpu)) == "1 0 cpu")
    #expect(try await value($Scale(x: 1, verbosity: 3, device: .gpu)) == "1 0 cpu")
    #expect(
      try await value($Scale(x: 1, verbosity: $level(2), device: Constant(.gpu))) == "1 0 cpu")
    #expect(
      try await value($Scale(x: 2, verbosity: $level(2), device: Constant(.gpu))) == "2 2 gpu")
  }

  @Test func `it is an input that is named in ignoring`() {
    let definition = $Scale(x: 1, device: .cpu).erased.task
    #expect(definition.parameters.map(\.name) == ["x", "verbosity", "device"])
    #expect(definition.parameters.map(\.isKeyed) == [true, false, false])
    #expect(definition.attributes.ignoring == ["verbosity", "device"])
  }

  @Test func `it is an ordinary property of the type`() {
    var scale = Scale(x: 1, device: .gpu)
    #expect(scale.run() == "1 0 gpu")
    scale.verbosity = 2
    #expect(scale.run() == "1 2 gpu")
  }
}
