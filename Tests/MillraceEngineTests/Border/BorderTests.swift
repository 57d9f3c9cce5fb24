import Foundation
import Millrace
import MillraceTesting
import Testing

@Task(cache: .off) private func object(_ number: Int) -> Closed { Closed("\(number)") }
@Task(cache: .off) private func same(_ object: Closed) -> Closed { object }

/// Which values are encoded and decoded where some tasks run in another process.
@Suite(.timeLimit(.minutes(10))) struct BorderTests {
  @Test(arguments: BackendKind.all)
  func `nothing is encoded on one backend of this process`(kind: BackendKind) async throws {
    let run = try await BorderRun.of(BorderRecipe(.nearAlone), on: kind.backend)
    #expect(try run.numbers() == [3])
    #expect(run.near == CodingCounts() && run.far == CodingCounts())
    #expect(run.result.encodes == 0 && run.result.crossings == 0)
  }

  @Test(arguments: BackendKind.all, BackendKind.all)
  func `between backends of this process the same object arrives`(
    outer: BackendKind, inner: BackendKind
  ) async throws {
    let made = $object(1)
    let there: Node<Closed> = Block(on: inner.backend) { $same(made) }
    let back = $same(there)
    let result = try await Graph { back }.run(
      on: outer.backend,
      options: .with { $0.keepingValues = [made.erased, there.erased, back.erased] })
    let first = try result.value(of: made)
    #expect(try result.value(of: there) === first)
    #expect(try result.value(of: back) === first)
    #expect(result.encodes == 0 && result.crossings == 0)
  }

  @Test(arguments: BackendKind.all)
  func `a value crosses there and back`(kind: BackendKind) async throws {
    let run = try await BorderRun.of(BorderRecipe(.thereAndBack), on: kind.backend)
    #expect(try run.numbers() == [3])
    #expect(run.near == .once(encoded: ["a"], decoded: ["b"]))
    #expect(run.far == .once(encoded: ["b"], decoded: ["a"]))
    #expect(run.result.crossings == 2)
  }

  @Test(arguments: BackendKind.all)
  func `a value with many readers behind the border crosses once`(
    kind: BackendKind
  ) async throws {
    let run = try await BorderRun.of(BorderRecipe(.fan), on: kind.backend)
    #expect(try run.numbers() == [3 * 2 + 3 * 6])
    #expect(run.near == .once(encoded: ["a"], decoded: ["b0", "b1", "b2", "s"]))
    #expect(run.far == .once(encoded: ["b0", "b1", "b2", "s"], decoded: ["a"]))
  }

  @Test func `lists of nodes are put together where they are read`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.gathered))
    #expect(try run.numbers() == [1 + 3 + 1])
    #expect(run.near == .once(encoded: ["a", "b"], decoded: ["d"]))
    #expect(run.far == .once(encoded: ["d"], decoded: ["a", "b"]))
  }

  @Test func `what is made and read in the other process alone stays there`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.chain))
    #expect(try run.numbers() == [5])
    #expect(run.near == .once(encoded: ["a"], decoded: ["e"]))
    #expect(run.far == .once(encoded: ["e"], decoded: ["a"]))
  }

  @Test func `a query may send nodes to the other process`() async throws {
    let recipe = BorderRecipe(.nearAlone)
    let run = try await BorderRun.of(
      recipe,
      options: .with { options in
        options.query("next") { $0.backend = FarBackend(recipe: recipe) }
      })
    #expect(try run.numbers() == [3])
    #expect(run.near == .once(encoded: ["a"], decoded: ["b"]))
    #expect(run.far == .once(encoded: ["b"], decoded: ["a"]))
  }

  @Test func `between two other processes a value passes through as bytes`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.between))
    #expect(try run.numbers() == [4])
    // Both backends of the test use one process, with nothing in common but the counts.
    #expect(run.near == .once(decoded: ["c"]))
    #expect(run.far == .once(encoded: ["a", "c"], decoded: ["a"]))
  }

  @Test func `a leaf that nobody asks for stays there too`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.chain), keeps: false)
    #expect(run.result.status == .succeeded)
    #expect(run.near == .once(encoded: ["a"]))
    #expect(run.far == .once(decoded: ["a"]))
  }

  @Test func `a whole graph may run in the other process`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.fan), on: nil)
    #expect(try run.numbers() == [24])
    #expect(run.near == .once(decoded: ["d"]))
    #expect(run.far == .once(encoded: ["d"]))
  }

  @Test(arguments: BackendKind.all)
  func `a stored value crosses as the bytes that are stored`(kind: BackendKind) async throws {
    let recipe = BorderRecipe(.storedCrossing)
    let store = ArtifactStore.inMemory()
    let cold = try await BorderRun.of(recipe, on: kind.backend, in: store)
    #expect(try cold.numbers() == [4])
    #expect(cold.near == .once(encoded: ["a"], decoded: ["b0", "b1"]))
    #expect(cold.far == .once(encoded: ["b0", "b1"], decoded: ["a"]))
    #expect(cold.result.encodes == 1)
    // A hit is not encoded again.
    let warm = try await BorderRun.of(recipe, on: kind.backend, in: store)
    #expect(try warm.numbers() == [4])
    #expect(warm.result.hits == 1)
    #expect(warm.near.encoded.isEmpty)
    #expect(warm.far == .once(encoded: ["b0", "b1"], decoded: ["a"]))
  }

  @Test func `what the other process made is stored as it came`() async throws {
    let store = ArtifactStore.inMemory()
    let recipe = BorderRecipe(.farStored)
    let cold = try await BorderRun.of(recipe, in: store)
    #expect(try cold.numbers() == [2, 2])
    #expect(cold.near == .once(decoded: ["a", "c"]))
    #expect(cold.far == .once(encoded: ["a", "c"]))
    #expect(cold.result.encodes == 1)
    let warm = try await BorderRun.of(recipe, in: store)
    #expect(try warm.numbers() == [2, 2])
    #expect(warm.result.hits == 1)
    #expect(warm.near == .once(decoded: ["a", "c"]))
    #expect(warm.far == .once(encoded: ["c"], decoded: ["a"]))
  }

  @Test func `a run that finds everything stored starts no process`() async throws {
    let store = ArtifactStore.inMemory()
    let recipe = BorderRecipe(.farStored)
    func leaf(_ backend: any Backend) -> Node<Tracked> {
      Block(on: backend) { $saved("\(recipe.token)/a", 1, "far") }
    }
    _ = try await Graph { leaf(.local) }.run(in: store).get()
    let result = try await Graph { leaf(Unreachable()) }.run(in: store).get()
    #expect(result.hits == 1)
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { leaf(Unreachable()) }.run().get()
    }
    #expect(error?.code == .remote && error?.message.contains("'unreachable'") == true)
  }

  @Test(arguments: BackendKind.all)
  func `elements of a list cross one by one, and inner values do not`(
    kind: BackendKind
  ) async throws {
    let run = try await BorderRun.of(BorderRecipe(.list), on: kind.backend)
    #expect(try run.numbers() == [2 + 3 + 4])
    let elements = ["e0", "e1", "e2"]
    #expect(
      run.near == .once(encoded: elements, decoded: elements.map { "\($0)/in/out" }))
    #expect(run.far == .once(encoded: elements.map { "\($0)/in/out" }, decoded: elements))
  }

  @Test func `a list that is made there comes here to be divided`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.farList))
    #expect(try run.numbers() == [1 + 2 + 3])
    let elements = ["e0", "e1", "e2"]
    #expect(run.near == .once(encoded: elements, decoded: elements + ["sum"]))
    #expect(run.far == .once(encoded: elements + ["sum"], decoded: elements))
  }

  @Test func `a fold there keeps its steps there`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.reduced))
    #expect(try run.numbers() == [123])
    #expect(run.near == .once(encoded: ["e0", "e1", "e2"], decoded: ["zero"]))
    #expect(run.far == .once(encoded: ["zero"], decoded: ["e0", "e1", "e2"]))
  }

  @Test func `of a repetition there only the conditions and the result come back`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.repeated))
    #expect(try run.numbers() == [3])
    #expect(run.near == .once(decoded: ["r+++"]))
    #expect(run.far == .once(encoded: ["r+++"]))
  }

  @Test func `a choice passes on what was chosen where it is`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.chosen))
    #expect(try run.numbers() == [3])
    #expect(run.near == .once(decoded: ["last"]))
    #expect(run.far == .once(encoded: ["last"]))
  }

  @Test func `members are read where they are needed`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.member))
    #expect(try run.numbers() == [2, 3])
    // The pair crosses as a whole for the reader on this side.
    #expect(run.near == .once(decoded: ["left", "right", "inside"]))
    #expect(run.far == .once(encoded: ["left", "right", "inside"]))
  }

  @Test func `two nodes of one key on both sides share one value`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.twins))
    #expect(try run.numbers() == [2, 2])
    #expect(run.far.encoded["n"] == 1)
    let total = run.near.encoded.values.reduce(0, +) + run.far.encoded.values.reduce(0, +)
    // `a` for the key, the value of either twin for the other side, and `n`, which is asked for.
    #expect(total == 3, "\(run.near) \(run.far)")
  }

  @Test func `files that values name are digested there as here`() async throws {
    let folder = try TemporaryFolder()
    let store = ArtifactStore.inMemory()
    let recipe = BorderRecipe(.sameFile(folder.path("input")))
    try folder.write("one", to: "input", modified: 1_000_000)
    let first = try await BorderRun.of(recipe, in: store)
    #expect(first.result.status == .succeeded, "\(first.result.failures)")
    let second = try await BorderRun.of(recipe, in: store)
    #expect(second.result.hits == 2)
    try folder.write("two", to: "input", modified: 2_000_000)
    let third = try await BorderRun.of(recipe, in: store)
    #expect(third.result.hits == 0 && third.result.executed == 4)
  }

  @Test func `random numbers and logs of a task are what they are here`() async throws {
    let events = EventRecorder()
    let logged = try await BorderRun.of(
      BorderRecipe(.logged), options: .with { $0.observers = [events] })
    let lines = events.events.compactMap { event in
      if case .logged(_, _, let line) = event { line } else { nil }
    }
    let process = try logged.numbers()[0]
    #expect(process != Int(ProcessInfo.processInfo.processIdentifier))
    #expect(lines == [.init("in process \(process)", level: .warning)])
    let seeded = BorderRecipe(.seeded)
    let far = try await BorderRun.of(seeded, on: nil).numbers()
    let leaves = seeded.leaves(on: nil)
    let near = try await Graph(leaves: leaves.map(\.erased)).run(
      options: .with { $0.keepingValues = leaves.map(\.erased) })
    #expect(try leaves.map { try near.value(of: $0).number } == far)
  }
}

private struct Unreachable: RemoteBackend {
  struct Nobody: Error {}
  var name: String { "unreachable" }
  var width: Int { 1 }
  func connect() throws -> any RemoteConnection { throw Nobody() }
}
