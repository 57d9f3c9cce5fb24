import Foundation
import Millrace
import MillraceTesting
import Testing

@testable import MillraceEngine

@Suite(.timeLimit(.minutes(10))) struct ShellTests {
  private func text(_ text: String) -> Node<String> {
    TaskDefinition(
      __id: TaskID(fileID: "Tests/Shell.swift", path: "text"), attributes: TaskAttributes(),
      fingerprint: .none, usedNames: [], line: 0, parameters: [],
      output: .__stored(String.self, "String"), sync: { _ in text }
    ).kept.__call { _ in }
  }

  /// A task that counts a file's bytes.
  private func size(_ file: Node<[UInt8]>, calls: Calls) -> Node<Int> {
    TaskDefinition(
      __id: TaskID(fileID: "Tests/Shell.swift", path: "size"), attributes: TaskAttributes(),
      fingerprint: .none, usedNames: [], line: 0,
      parameters: [.__parameter("file", [UInt8].self, "[UInt8]")],
      output: .__stored(Int.self, "Int"),
      sync: { inputs in
        calls.note("size")
        return inputs[0, as: [UInt8].self].count
      }
    ).kept.__call { $0.bind(file) }
  }

  @Test(arguments: BackendKind.all)
  func `inputs of every kind are files of the command, and outputs its value`(
    kind: BackendKind
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write("from a file\n", to: "file.txt")
    let shell = Shell(
      "cat node text bytes data sub/file > out/all; wc -l < out/all | tr -d ' ' > lines",
      inputs: [
        "node": text("from a node\n"), "text": "from a text\n",
        "bytes": Array("from bytes\n".utf8), "data": Data("from data\n".utf8),
        "sub/file": InputFile(folder.path("file.txt")),
      ],
      outputs: ["out/all", "lines"])
    let output = try await shell.value(on: kind.backend)
    #expect(
      try output.text(of: "out/all")
        == "from a node\nfrom a text\nfrom bytes\nfrom data\nfrom a file\n")
    #expect(output["lines"] == Array("5\n".utf8))
    #expect(output["other"] == nil)
    #expect(throws: PipelineError.self) { try output.text(of: "other") }
  }

  @Test(arguments: BackendKind.all)
  func `a second run is a hit; a changed command, name, input or file is not`(
    kind: BackendKind
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write("1", to: "file", modified: 1_000_000)
    let store = ArtifactStore.inMemory()
    func executed(
      _ command: String = "cat in file > out", input: String = "x", outputs: [String] = ["out"],
      file: String = "file"
    ) async throws -> [String] {
      try await Graph {
        Shell(
          command, inputs: ["in": input, "file": InputFile(folder.path(file))], outputs: outputs
        ).named("step")
      }.run(on: kind.backend, in: store).executedNames
    }
    #expect(try await executed() == ["step"])
    #expect(try await executed() == [])
    #expect(try await executed("cat in file file > out") == ["step"])
    #expect(try await executed(input: "y") == ["step"])
    #expect(try await executed("cat in file > out; : > b", outputs: ["out", "b"]) == ["step"])
    #expect(try await executed("cat in file > out; : > b", outputs: ["b", "out"]) == [])
    try folder.rename("file", to: "renamed")
    #expect(try await executed(file: "renamed") == [], "keyed by content alone")
    try folder.write("2", to: "renamed", modified: 2_000_000)
    #expect(try await executed(file: "renamed") == ["step"])
  }

  @Test func `one file's consumer is keyed by that file alone`() async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    for other in ["x", "y"] {
      let shell = Shell("echo same > a; echo \(other) > b", outputs: ["a", "b"])
      #expect(try await size(shell.file("a"), calls: calls).value(in: store) == 5)
    }
    #expect(calls.names == ["size"])
    let shell = Shell("echo same > a", outputs: ["a"])
    #expect(try await shell.text(of: "a").value(in: store) == "same\n")
    let error = await #expect(throws: PipelineError.self) {
      try await shell.file("c").value(in: store)
    }
    #expect(error?.code == .misuse)
    #expect(error?.message.contains("only 'a'") == true)
  }

  @Test(arguments: BackendKind.all)
  func `missing outputs fail the node and are named`(kind: BackendKind) async throws {
    let shell = Shell("echo a > a; mkdir c", outputs: ["a", "b", "c"]).named("step")
    let result = try await Graph { shell }.run(on: kind.backend)
    #expect(
      result.failures.first?.message
        == "Node 'step' failed: 'echo a > a; mkdir c' ended well and made no file 'b', 'c'; write it there, or take it out of 'outputs:'"
    )
  }

  @Test(
    arguments: ["false; echo a > a", "echo $MILLRACE_UNSET_VARIABLE > a", "echo a > a; exit 2"])
  func `a command that fails fails the node`(command: String) async throws {
    let result = try await Graph { Shell(command, outputs: ["a"]) }.run()
    #expect(result.failures.first?.code == .taskFailed)
    #expect(result.failures.first?.cause is ProcessFailure)
  }

  @Test(arguments: ["../a", "/tmp/a", "a/../../b", "", ".", "a//b", "a/"])
  func `a name that leaves the folder is refused before the command runs`(
    name: String
  ) async throws {
    let folder = try TemporaryFolder()
    let command = "touch '\(folder.path("begun"))'"
    for shell in [
      Shell(command, outputs: [name]), Shell(command, inputs: [name: "text"], outputs: []),
    ] {
      let error = await #expect(throws: PipelineError.self) { try await shell.value() }
      #expect(error?.code == .misuse)
    }
    #expect(folder.files().isEmpty)
  }

  @Test(arguments: ["pwd -P; mkdir d", "pwd -P; mkdir d; touch d/f; chmod 0 d; exit 1"])
  func `the scratch folder is gone afterwards, whatever is in it`(command: String) async throws {
    let recorder = EventRecorder()
    _ = try await Graph { Shell(command, outputs: []) }.run(
      options: .with { $0.observers = [recorder] })
    let places = recorder.events.compactMap { event in
      if case .logged(_, _, let line) = event, line.source == .standardOutput {
        line.text
      } else {
        nil
      }
    }
    #expect(places.count == 1)
    for place in places { #expect(!FileManager.default.fileExists(atPath: place)) }
  }

  @Test func `a scratch folder is removed with all that is in it, and links are not followed`()
    throws
  {
    let outside = try TemporaryFolder()
    try outside.write("kept", to: "kept")
    let scratch = try ScratchFolder()
    _ = try TaskContext.testing().runProcess(
      "sh",
      [
        "-c",
        #"mkdir -p a/b; touch a/b/.c "$(printf 'x\377y')"; ln -s "$1" link; chmod 500 a; chmod 0 a/b"#,
        "sh", outside.path,
      ], directory: scratch.path)
    #expect(scratch.remove())
    #expect(!FileManager.default.fileExists(atPath: scratch.path))
    #expect(outside.files() == ["kept"])
  }

  @Test(arguments: BackendKind.all)
  func `a cancelled step leaves no folder and no process`(kind: BackendKind) async throws {
    let (places, found) = AsyncStream<String>.makeStream()
    let options = RunOptions.with { $0.observers = [Watcher(found: found)] }
    let graph = Graph { Shell("echo $$ $(pwd -P); sleep 1000", outputs: []).named("step") }
    let running = Swift.Task { try await graph.run(on: kind.backend, options: options) }
    var line = ""
    for await place in places {
      line = place
      break
    }
    options.cancellation.cancel()
    let result = try await running.value
    #expect(result.names(.cancelled) == ["step"])
    let parts = line.split(separator: " ", maxSplits: 1)
    #expect(parts.count == 2)
    #expect(!FileManager.default.fileExists(atPath: String(parts[1])))
    #expect(kill(try #require(pid_t(parts[0])), 0) != 0)
  }

  private struct Watcher: RunObserver {
    let found: AsyncStream<String>.Continuation

    func receive(_ event: RunEvent) {
      if case .logged(_, _, let line) = event { found.yield(line.text) }
    }
  }

  @Test func `more inputs than a node has room for constants`() async throws {
    let names = (0..<80).map { "f\($0)" }
    let inputs: [String: any ShellInput] = Dictionary(
      uniqueKeysWithValues: names.map { ($0, "\($0)\n") })
    let shell = Shell("cat f* | wc -l | tr -d ' ' > n", inputs: inputs, outputs: ["n"])
    #expect(try await shell.text(of: "n").value() == "80\n")
  }
}

extension TaskDefinition {
  /// Lives for ever, as definitions of expanded code do.
  fileprivate var kept: TaskDefinition {
    _ = Unmanaged.passRetained(self)
    return self
  }
}
