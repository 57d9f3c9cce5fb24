import Foundation
import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

/// The two spellings, which are one thing.
enum Spelling: CaseIterable {
  case async, sync

  func run(
    _ context: TaskContext, _ program: String, _ arguments: [String] = [], input: [UInt8]? = nil,
    environment: [String: String] = [:], directory: String? = nil,
    output: ProcessOutput.Handling = .captured, accepting statuses: Set<Int32> = [0]
  ) async throws -> ProcessOutput {
    switch self {
    case .async:
      try await context.process(
        program, arguments, input: input, environment: environment, directory: directory,
        output: output, accepting: statuses)
    case .sync:
      try context.runProcess(
        program, arguments, input: input, environment: environment, directory: directory,
        output: output, accepting: statuses)
    }
  }

  func shell(_ context: TaskContext, _ command: String) async throws -> ProcessOutput {
    try await run(context, "sh", ["-c", command])
  }
}

@Suite(.timeLimit(.minutes(10))) struct ProcessTests {
  private let context = TaskContext.testing()

  @Test(arguments: Spelling.allCases)
  func `a program's output, errors and arguments come through as they are`(
    spelling: Spelling
  ) async throws {
    let log = LogRecorder()
    let output = try await spelling.run(
      .testing(log: log.log), "sh",
      ["-c", #"printf '%s|' "$@"; printf 'first\r\n\nlast' >&2"#, "sh", "a b", "", "$HOME"])
    #expect(output.status == 0)
    #expect(output.text == "a b||$HOME|")
    #expect(output.standardError == Array("first\r\n\nlast".utf8))
    #expect(log.texts(.standardError) == ["first", "", "last"])
    #expect(log.texts(.standardOutput).isEmpty)
  }

  @Test(arguments: Spelling.allCases)
  func `a status that is not to be accepted is a failure that quotes the last lines`(
    spelling: Spelling
  ) async throws {
    let failure = await #expect(throws: ProcessFailure.self) {
      try await spelling.shell(context, "seq 20 >&2; exit 3")
    }
    #expect(failure?.end == .exited(3))
    #expect(failure?.lastLines == (11...20).map { "\($0)" })
    #expect(
      failure?.description.hasPrefix(
        "'sh' exited with status 3; the last it wrote to standard error:\n  11\n") == true)
    let accepted = try await spelling.run(context, "sh", ["-c", "exit 3"], accepting: [0, 3])
    #expect(accepted.status == 3)
  }

  @Test func `a program that a signal ends is a failure that names the signal`() throws {
    let failure = #expect(throws: ProcessFailure.self) {
      try context.runProcess("sh", ["-c", "kill -9 $$"])
    }
    #expect(failure?.end == .signalled(9))
    #expect(failure?.description == "'sh' was ended by signal 9")
  }

  @Test(arguments: Spelling.allCases)
  func `a program that does not exist is a failure that says what to do`(
    spelling: Spelling
  ) async throws {
    let failure = await #expect(throws: ProcessFailure.self) {
      try await spelling.run(context, "no-such-millrace-tool")
    }
    #expect(
      failure?.description
        == "there is no program 'no-such-millrace-tool' in PATH; install it, or give its whole path"
    )
    let folder = #expect(throws: ProcessFailure.self) {
      try context.runProcess("true", directory: "/no/such/folder")
    }
    #expect(folder?.description.contains("chdir to '/no/such/folder'") == true)
  }

  @Test(arguments: Spelling.allCases)
  func `large input and large output on both streams pass at the same time`(
    spelling: Spelling
  ) async throws {
    let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let output = try await spelling.run(context, "tee", ["/dev/stderr"], input: input)
    #expect(output.standardOutput == input)
    #expect(output.standardError == input.suffix(64 << 10))
  }

  @Test func `a program that stops reading early is no failure`() throws {
    let input = [UInt8](repeating: UInt8(ascii: "y"), count: 3_000_000)
    let output = try context.runProcess("head", ["-c", "5"], input: input)
    #expect(output.text == "yyyyy")
  }

  @Test func `without input a program reads nothing`() throws {
    #expect(try context.runProcess("cat").standardOutput.isEmpty)
    #expect(try context.runProcess("cat", input: []).standardOutput.isEmpty)
  }

  @Test func `variables and folder are as they were given, beside the process's own`() throws {
    let folder = try TemporaryFolder()
    let output = try context.runProcess(
      "sh", ["-c", #"printf '%s %s ' "$MILLRACE_A" "${PATH:+path}"; pwd -P"#],
      environment: ["MILLRACE_A": "x=1"], directory: folder.path)
    let path = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
    #expect(output.text == "x=1 path \(path)\n")
  }

  @Test func `output that is logged is cut into lines and not returned`() throws {
    let log = LogRecorder()
    let output = try TaskContext.testing(log: log.log).runProcess(
      "sh", ["-c", "echo one; printf two; sleep 0; printf ' and more\n'"], output: .logged)
    #expect(output.standardOutput.isEmpty)
    #expect(log.texts(.standardOutput) == ["one", "two and more"])
  }

  @Test func `a line without an end is cut and loses nothing`() {
    let log = LogRecorder()
    var sink = StreamSink(keeping: .nothing, log: log.log, source: .standardOutput)
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: StreamSink.longestLine * 2 + 5)
    sink.append(bytes[...])
    sink.append(Array("y\nz".utf8)[...])
    sink.finish()
    #expect(log.lines.map(\.text.count) == [StreamSink.longestLine, StreamSink.longestLine, 6, 1])
  }

  @Test func `texts with a zero byte are refused`() throws {
    let error = #expect(throws: PipelineError.self) { try context.runProcess("echo", ["a\0b"]) }
    #expect(error?.code == .misuse)
  }

  @Test func `a child has no pipe of another, and blocks no signal`() async throws {
    let script = """
      grep SigBlk /proc/self/status
      for file in /proc/$$/fd/*; do echo "${file##*/} $(readlink $file)"; done
      """
    let outputs = try await withThrowingTaskGroup(of: ProcessOutput.self) { group in
      for _ in 0..<8 {
        group.addTask { try await context.process("sh", ["-c", script]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    var owners: [Substring: Int] = [:]
    let tables = outputs.map { output in
      output.text.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
    }
    for (child, lines) in tables.enumerated() {
      #expect(lines.first == ["SigBlk:", "0000000000000000"])
      for line in lines where line[0] == "1" || line[0] == "2" { owners[line[1]] = child }
    }
    #expect(owners.count == 16)
    for (child, lines) in tables.enumerated() {
      for line in lines.dropFirst() where line.count > 1 {
        #expect(owners[line[1], default: child] == child)
      }
    }
  }

  @Test(arguments: BackendKind.all)
  func `a run reports a failed program as the node's failure, and its lines as events`(
    kind: BackendKind
  ) async throws {
    let recorder = EventRecorder()
    let failing = asyncNode("failing") { _, context in
      _ = try await context.process("sh", ["-c", "echo broken >&2; exit 4"])
      return 1
    }
    let result = try await Graph { failing }.run(
      on: kind.backend, options: .with { $0.observers = [recorder] })
    let failure = try #require(result.failures.first)
    #expect(failure.code == .taskFailed)
    #expect(failure.message.hasPrefix("Node 'failing' failed: 'sh' exited with status 4"))
    #expect((failure.cause as? ProcessFailure)?.end == .exited(4))
    let lines = recorder.events.compactMap { event in
      if case .logged(let name, let attempt, let line) = event {
        "\(name) \(attempt) \(line.source) \(line.text)"
      } else {
        nil
      }
    }
    #expect(lines == ["failing 1 standardError broken"])
  }
}
