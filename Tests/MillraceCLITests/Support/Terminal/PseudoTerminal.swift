import Foundation
import Synchronization
import Testing

@testable import MillraceCLI

/// A program on a terminal of its own, and what a person sees there.
final class PseudoTerminal {
  private(set) var screen: TerminalScreen
  private(set) var bytes: [UInt8] = []
  private let master: Int32
  private let process: pid_t
  private var status: Int32?

  /// Starts a program that is built beside the tests, as the first of a session.
  ///
  /// - Parameter environment: What differs from this process's.
  init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    columns: Int = 80, rows: Int = 24
  ) throws {
    screen = TerminalScreen(columns: columns, rows: rows)
    let place: String
    (master, place) = try Self.open()
    Self.setSize(columns, rows, of: master)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that the first of a session opens is the session's.
    posix_spawn_file_actions_addopen(&actions, 0, place, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // As in every shell: tests in the background may have been started with signals ignored.
    var ordinary = sigset_t()
    sigemptyset(&ordinary)
    for signal in [SIGINT, SIGQUIT, SIGTSTP, SIGHUP] { sigaddset(&ordinary, signal) }
    posix_spawnattr_setsigdefault(&attributes, &ordinary)
    posix_spawnattr_setflags(
      &attributes,
      Int16(Self.setsID | Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF)))

    var variables = ProcessInfo.processInfo.environment
    for name in ["CI", "NO_COLOR"] { variables[name] = nil }
    // Short, and by the runtime's handler as in every terminal.
    variables["SWIFT_BACKTRACE"] =
      "enable=yes,symbolicate=off,threads=crashed,interactive=no,limit=1,images=none,registers=none"
    variables["TERM"] = "xterm"
    variables.merge(environment) { $1 }
    let path = Self.folder.appendingPathComponent(program).path
    var child: pid_t = 0
    let result = Self.withStrings([path] + arguments) { arguments in
      Self.withStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawn(&child, path, &actions, &attributes, arguments, variables)
      }
    }
    try #require(result == 0, "\(path): \(String(cString: strerror(result)))")
    process = child
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      _ = wait()
    }
    close(master)
  }

  // MARK: What a person does

  func type(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  func resize(columns: Int, rows: Int) {
    screen.resize(columns: columns, rows: rows)
    Self.setSize(columns, rows, of: master)
  }

  // MARK: What a person sees

  /// Waits until the screen is as it should be, or nothing more can come.
  ///
  /// A program that goes on for two minutes without getting there is killed, so that the test fails
  /// instead of hanging.
  ///
  /// - Returns: Whether it is.
  @discardableResult
  func wait(for condition: (TerminalScreen) -> Bool) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let end = ContinuousClock.now + .seconds(120)
    while !condition(screen) {
      var readable = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      if poll(&readable, 1, 1000) == 0 || .now > end {
        if .now > end, status == nil { kill(process, SIGKILL) }
        continue
      }
      let count = read(master, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      // The terminal's other side has been closed by all who had it.
      guard count > 0 else { return condition(screen) }
      bytes += buffer[..<count]
      screen.feed(Array(buffer[..<count]))
    }
    return true
  }

  @discardableResult
  func wait(forLine line: String) -> Bool { wait { $0.lines.contains { $0.contains(line) } } }

  /// Reads to the end.
  ///
  /// - Returns: As shells have it: the exit status, or 128 and the signal.
  func end() -> Int32 {
    wait { _ in false }
    return wait()
  }

  /// Waits until the program has been stopped.
  func awaitStop() {
    var status: Int32 = 0
    while waitpid(process, &status, WUNTRACED) != process && errno == EINTR {}
    if status & 0xff != 0x7f { self.status = status }
  }

  func signal(_ number: Int32) { kill(process, number) }

  /// Flags of the terminal, and its control characters.
  var modes: [UInt64] {
    var modes = termios()
    tcgetattr(master, &modes)
    let characters = withUnsafeBytes(of: modes.c_cc) { $0.map { UInt64($0) } }
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag].map { UInt64($0) }
      + characters
  }

  private func wait() -> Int32 {
    var status = status ?? 0
    if self.status == nil {
      while waitpid(process, &status, 0) != process && errno == EINTR {}
      self.status = status
    }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  // MARK: The system

  private static let naming = Mutex(())

  #if canImport(Darwin)
    private static let setsID = Int(POSIX_SPAWN_SETSID)
  #else
    private static let setsID = 0x80  // Swift does not see the name
  #endif

  /// A terminal's side for programs like this one, and the place of its other side.
  ///
  /// On Linux the headers keep these functions from Swift.
  private static func open() throws -> (Int32, String) {
    typealias Open = @convention(c) (Int32) -> Int32
    typealias Name = @convention(c) (Int32) -> UnsafePointer<CChar>?
    func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
      let symbol = dlsym(nil, name)
      return unsafeBitCast(try #require(symbol), to: type)
    }
    let master = try function("posix_openpt", as: Open.self)(O_RDWR | O_NOCTTY)
    try #require(master >= 0)
    for name in ["grantpt", "unlockpt"] {
      let result = try function(name, as: Open.self)(master)
      try #require(result == 0)
    }
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    let name = try function("ptsname", as: Name.self)
    // Its result lies where the next call's result will lie, and tests run side by side.
    let place = naming.withLock { _ in name(master).map { String(cString: $0) } }
    return (master, try #require(place))
  }

  private static func setSize(_ columns: Int, _ rows: Int, of file: Int32) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(file, UInt(TIOCSWINSZ), &size)
  }

  /// Where the executable lies that holds the tests.
  static let folder: URL = {
    // On Apple platforms the executable is a helper that loads the bundle.
    let arguments = CommandLine.arguments
    let bundle =
      arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0]
    var folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    while folder.pathComponents.contains(where: { $0.hasSuffix(".xctest") }) {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  private static func withStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
  ) rethrows -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return try body(pointers + [nil])
  }
}
