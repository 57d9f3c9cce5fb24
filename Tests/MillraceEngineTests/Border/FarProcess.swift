import Foundation
import Millrace
import Synchronization
import Testing

/// Another process of the tests' own executable, which builds the graphs of recipes and runs their tasks.
final class FarProcess: Sendable {
  struct Ended: Error {}

  private struct State {
    var lastID: UInt64 = 0
    var pending: [UInt64: Pending] = [:]
    var hasEnded = false
  }

  private struct Pending {
    var connection: UInt64?
    var continuation: CheckedContinuation<FarReply.Body, any Error>
  }

  /// One for all tests that do not harm it.
  static let shared = FarProcess()

  private let state = Mutex(State())
  private let process: Mutex<Process>
  private let input: FileHandle
  private let writing = DispatchQueue(label: "far.writing")

  init() {
    // A process that has ended is found out by reading.
    signal(SIGPIPE, SIG_IGN)
    let (input, output) = (Pipe(), Pipe())
    // Or a child of another test would keep them open after the process has ended.
    for file in [input, output].flatMap({ [$0.fileHandleForReading, $0.fileHandleForWriting] }) {
      _ = fcntl(file.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = Self.arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      [Self.variable: "1"], uniquingKeysWith: { $1 })
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    self.input = input.fileHandleForWriting
    do { try process.run() } catch { Issue.record(error) }
    self.process = Mutex(process)
    let reading = output.fileHandleForReading
    Thread.detachNewThread { self.read(reading) }
  }

  private static let variable = "MILLRACE_TESTS_FAR_PROCESS"

  /// Whether this process is one that another has started.
  static var isHere: Bool { ProcessInfo.processInfo.environment[variable] != nil }

  /// What makes the executable run nothing but ``FarProcessEntry``.
  private static var arguments: [String] {
    var arguments = ["--testing-library", "swift-testing", "--filter", "FarProcessEntry"]
    // On Apple platforms the executable is a helper that loads the tests.
    if let index = CommandLine.arguments.firstIndex(of: "--test-bundle-path") {
      arguments = Array(CommandLine.arguments[index...(index + 1)]) + arguments
    }
    return arguments
  }

  private func read(_ file: FileHandle) {
    while let reply = try? FarFrames.read(FarReply.self, from: file) {
      take(reply.id)?.continuation.resume(returning: reply.body)
    }
    let pending = state.withLock { state in
      state.hasEnded = true
      defer { state.pending = [:] }
      return state.pending
    }
    for (_, pending) in pending { pending.continuation.resume(throwing: Ended()) }
  }

  private func take(_ id: UInt64) -> Pending? {
    state.withLock { $0.pending.removeValue(forKey: id) }
  }

  func ask(_ body: FarQuestion.Body, for connection: UInt64? = nil) async throws -> FarReply.Body {
    try await withCheckedThrowingContinuation { continuation in
      let id: UInt64? = state.withLock { state in
        if state.hasEnded { return nil }
        state.lastID += 1
        state.pending[state.lastID] = Pending(connection: connection, continuation: continuation)
        return state.lastID
      }
      guard let id else { return continuation.resume(throwing: Ended()) }
      write(FarQuestion(id: id, body: body))
    }
  }

  func post(_ body: FarQuestion.Body) { write(FarQuestion(id: 0, body: body)) }

  private func write(_ question: FarQuestion) {
    writing.async { [input] in
      guard let frame = try? FarFrames.encode(question) else { return }
      try? input.write(contentsOf: frame)
    }
  }

  /// Ends what a connection waits for.
  func abandon(_ connection: UInt64) {
    let pending = state.withLock { state in
      let ids = state.pending.filter { $0.value.connection == connection }.keys
      return ids.compactMap { state.pending.removeValue(forKey: $0) }
    }
    for pending in pending { pending.continuation.resume(throwing: Ended()) }
  }

  /// What the other process has encoded and decoded for a test.
  func counts(_ token: String) async throws -> CodingCounts {
    guard case .counts(let counts) = try await ask(.counts(token: token)) else { throw Ended() }
    return counts
  }

  func end() {
    try? input.close()
    process.withLock { $0.waitUntilExit() }
  }
}

/// A backend whose tasks run in a ``FarProcess``.
struct FarBackend: RemoteBackend {
  let recipe: BorderRecipe
  var process: FarProcess = .shared
  var name = "far"
  var width = 2

  private static let connections = Atomic<UInt64>(0)

  func connect() throws -> any RemoteConnection {
    let id = Self.connections.add(1, ordering: .relaxed).newValue
    process.post(.open(connection: id, recipe, width: width))
    return Connection(id: id, process: process)
  }

  private struct Connection: RemoteConnection {
    let id: UInt64
    let process: FarProcess

    func send(_ request: RemoteRequest) async throws -> RemoteAnswer {
      let reply = try await process.ask(.ask(connection: id, request), for: id)
      guard case .answer(let answer) = reply else { throw FarProcess.Ended() }
      return answer
    }

    func close() {
      process.abandon(id)
      process.post(.close(connection: id))
    }
  }
}

/// The other process.
@Suite struct FarProcessEntry {
  /// Not a test by itself: it is what a ``FarProcess`` runs.
  @Test(.enabled(if: FarProcess.isHere, "runs in the processes that other tests start"))
  func `answers what the process asks that started this one`() async throws {
    let (input, output) = (FileHandle.standardInput, FileHandle.standardOutput)
    let writing = DispatchQueue(label: "far.replies")
    @Sendable func reply(_ id: UInt64, _ body: FarReply.Body) {
      writing.async {
        guard let frame = try? FarFrames.encode(FarReply(id: id, body: body)) else { return }
        try? output.write(contentsOf: frame)
      }
    }
    var workers: [UInt64: RemoteWorker] = [:]
    while let question = try FarFrames.read(FarQuestion.self, from: input) {
      switch question.body {
      case .open(let connection, let recipe, let width):
        workers[connection] = RemoteWorker(recipe.graph(on: nil), width: width)
      case .ask(let connection, let request):
        let worker = workers[connection]
        Task {
          guard let worker else { return reply(question.id, .done) }
          reply(question.id, .answer(await worker.answer(request)))
        }
      case .close(let connection):
        workers[connection] = nil
      case .counts(let token):
        reply(question.id, .counts(CodingCounts.take(token)))
      }
    }
  }
}
