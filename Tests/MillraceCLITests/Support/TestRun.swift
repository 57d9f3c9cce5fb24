import Foundation
import Synchronization

@testable import MillraceCLI

/// What a command line printed, and its exit status.
struct Printed: Sendable {
  var status: Int32
  var output: String
  var errors: String

  /// The lines that are not empty, however they end.
  var lines: [String] {
    output.split(whereSeparator: \.isNewline).map(String.init)
  }
}

/// Collects what is written to a console.
final class Paper: Sendable {
  private let bytes = Mutex<[Console.Stream: [UInt8]]>([:])

  func console(isTerminal: Bool = false, terminal: Terminal? = nil) -> Console {
    Console(isTerminal: isTerminal, terminal: terminal) {
      [self] stream, new throws(Console.Failure) in
      bytes.withLock { $0[stream, default: []] += new }
    }
  }

  func text(_ stream: Console.Stream) -> String {
    bytes.withLock { String(decoding: $0[stream] ?? [], as: UTF8.self) }
  }

  func bytes(_ stream: Console.Stream) -> [UInt8] { bytes.withLock { $0[stream] ?? [] } }
}

/// Carries out a command line in this process.
func run<P: PipelineCommand>(
  _ pipeline: P.Type, _ arguments: [String], environment: [String: String] = [:],
  isTerminal: Bool = false, on terminal: Terminal? = nil, in folder: String = "."
) async -> Printed {
  await run(environment, isTerminal: isTerminal, on: terminal, in: folder) {
    await PipelineMain<P>.run(arguments, in: $0)
  }
}

/// Carries out a command line of a catalog in this process.
func run<C: PipelineCatalog>(
  catalog: C.Type, _ arguments: [String], environment: [String: String] = [:],
  in folder: String = "."
) async -> Printed {
  await run(environment, in: folder) { await CatalogMain<C>.run(arguments, in: $0) }
}

private func run(
  _ environment: [String: String], isTerminal: Bool = false, on terminal: Terminal? = nil,
  in folder: String, _ body: (Session) async -> ExitStatus
) async -> Printed {
  let paper = Paper()
  let session = Session(
    environment: { environment[$0] },
    console: paper.console(isTerminal: isTerminal || terminal != nil, terminal: terminal),
    folder: folder)
  let status = await body(session)
  return Printed(
    status: status.rawValue, output: paper.text(.output), errors: paper.text(.error))
}

/// A new folder that is removed with this value.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "millrace-cli-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  var store: String { "\(path)/store" }

  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }
}
