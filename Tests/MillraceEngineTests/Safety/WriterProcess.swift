import Foundation
import MillraceStore
import Testing

@testable import MillraceEngine

/// A `StoreWriter`: a process that works on a store, says what it does, and may be killed.
final class WriterProcess {
  /// How a process ended.
  enum Ending: Equatable {
    case exited(Int32)
    case signalled(Int32)
  }

  private let pipes: ChildPipes
  private let process: pid_t
  private var ending: Ending?
  private var bytes: [UInt8] = []

  /// Beside the executable that holds the tests.
  private static let program: String = {
    // On Apple platforms the executable is a helper that loads the bundle.
    let arguments = CommandLine.arguments
    let bundle =
      arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0]
    var folder = URL(fileURLWithPath: bundle)
    while folder.pathComponents.contains(where: { $0.hasSuffix(".xctest") }) {
      folder.deleteLastPathComponent()
    }
    return folder.appendingPathComponent("StoreWriter").path
  }()

  convenience init(_ arguments: [String]) throws {
    try self.init(Self.program, arguments)
  }

  /// Starts a writer to which a folder is mounted elsewhere, for reading only.
  ///
  /// - Parameter arguments: Of the writer; nil to find out whether mounting works at all.
  convenience init(mounting folder: String, at place: String, _ arguments: [String]?) throws {
    let script = """
      mount --bind "$1" "$2" && mount -o remount,bind,ro "$2" || exit 1
      shift 2; exec "$@"
      """
    try self.init(
      "unshare",
      ["-m", "sh", "-c", script, "sh", folder, place]
        + (arguments.map { [Self.program] + $0 } ?? ["true"]))
  }

  private init(_ program: String, _ arguments: [String]) throws {
    let request = ProcessRequest(
      program: program, arguments: arguments, input: [],
      environment: ["SWIFT_BACKTRACE": "enable=no"], output: .captured, accepted: [0],
      gracePeriod: .zero)
    (pipes, process) = try Spawn.start(request)
    FileSystem.closeFile(pipes.ended.write)
  }

  deinit {
    kill()
    for file in [pipes.output.read, pipes.error.read, pipes.ended.read] {
      FileSystem.closeFile(file)
    }
    if let input = pipes.input { FileSystem.closeFile(input.write) }
  }

  /// The next line, as soon as it is there; nil when there are no more.
  func line() -> String? {
    while true {
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        defer { bytes.removeSubrange(...end) }
        return String(decoding: bytes[..<end], as: UTF8.self)
      }
      var readable = pollfd(fd: pipes.output.read, events: Int16(POLLIN), revents: 0)
      _ = poll(&readable, 1, -1)
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(pipes.output.read, &buffer, buffer.count)
      if count == 0 { return nil }
      if count > 0 { bytes += buffer[..<count] }
    }
  }

  /// All further lines, until the process has ended.
  func lines() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    return lines
  }

  /// Gives the process the line that it waits for.
  func goOn() {
    guard let input = pipes.input else { return }
    _ = Array("\n".utf8).withUnsafeBytes { write(input.write, $0.baseAddress, $0.count) }
  }

  /// Kills the process, unless it has been waited for.
  func kill() {
    guard ending == nil else { return }
    // The number is this process's until `waitpid` has been called.
    _ = Foundation.kill(process, SIGKILL)
    wait()
  }

  @discardableResult func wait() -> Ending {
    if let ending { return ending }
    var status: Int32 = 0
    while waitpid(process, &status, 0) != process && errno == EINTR {}
    let signal = status & 0x7f
    let result = signal == 0 ? Ending.exited(status >> 8 & 0xff) : .signalled(signal)
    ending = result
    return result
  }
}

extension [String] {
  /// What follows a word in the lines that begin with it.
  func after(_ word: String) -> [String] {
    filter { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) }
  }
}
