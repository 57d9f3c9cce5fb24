import MillraceGraph
import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// This process's ends of a child's pipes, and what came through them.
///
/// All are served by one loop, so neither side ever waits for a full pipe that the other does not empty.
struct ChildStreams: ~Copyable {
  private(set) var output: StreamSink
  private(set) var error: StreamSink
  // -1 once closed, which `poll` passes over.
  private var input: Int32
  private var outputFile: Int32
  private var errorFile: Int32
  private var ended: Int32
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  init(_ pipes: ChildPipes, log: TaskLog, capturesOutput: Bool) {
    input = pipes.input?.write ?? -1
    outputFile = pipes.output.read
    errorFile = pipes.error.read
    ended = pipes.ended.read
    output =
      capturesOutput
      ? StreamSink(keeping: .all, log: .none, source: .standardOutput)
      : StreamSink(keeping: .nothing, log: log, source: .standardOutput)
    error = StreamSink(keeping: .last(64 << 10), log: log, source: .standardError)
  }

  /// Writes the input and reads the outputs until the child has ended.
  mutating func transferUntilEnd(feeding bytes: [UInt8]) {
    let guarding = BrokenPipeGuard()
    defer { guarding.end() }
    var rest = bytes[...]
    if rest.isEmpty { Self.close(&input) }
    while ended >= 0 {
      var polled = [
        pollfd(fd: ended, events: Int16(POLLIN), revents: 0),
        pollfd(fd: outputFile, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errorFile, events: Int16(POLLIN), revents: 0),
        pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
      if polled[1].revents != 0 { _ = Self.read(&outputFile, into: &output, by: &buffer) }
      if polled[2].revents != 0 { _ = Self.read(&errorFile, into: &error, by: &buffer) }
      if polled[3].revents != 0 { feed(&rest) }
      if polled[0].revents != 0 { Self.close(&ended) }
    }
    Self.close(&input)
  }

  /// Reads what is still in the pipes. Their ends may be held open by a process that has left the
  /// child's group, which is not waited for.
  mutating func drain() {
    while Self.read(&outputFile, into: &output, by: &buffer) {}
    while Self.read(&errorFile, into: &error, by: &buffer) {}
    output.finish()
    error.finish()
  }

  mutating func close() {
    for file in [input, outputFile, errorFile, ended] where file >= 0 {
      FileSystem.closeFile(file)
    }
    (input, outputFile, errorFile, ended) = (-1, -1, -1, -1)
  }

  private mutating func feed(_ rest: inout ArraySlice<UInt8>) {
    let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
      if rest.isEmpty { Self.close(&input) }
    } else if errno != EAGAIN && errno != EINTR {
      // A program may stop reading when it knows enough; that is no failure of its.
      Self.close(&input)
    }
  }

  /// - Returns: Whether there may be more to read now.
  private static func read(
    _ file: inout Int32, into sink: inout StreamSink, by buffer: inout [UInt8]
  ) -> Bool {
    guard file >= 0 else { return false }
    let count = buffer.withUnsafeMutableBytes { systemRead(file, $0.baseAddress, $0.count) }
    if count > 0 {
      sink.append(buffer[..<count])
      return true
    }
    if count < 0 && errno == EINTR { return true }
    if count < 0 && errno == EAGAIN { return false }
    close(&file)
    return false
  }

  private static func close(_ file: inout Int32) {
    if file >= 0 { FileSystem.closeFile(file) }
    file = -1
  }
}

/// `read`, whose name the type's own hides.
private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, buffer, count)
}

/// Keeps writing to a pipe that nobody reads from ending the process, on this thread alone: programs
/// may have a handler for SIGPIPE, which a library must leave in place.
private struct BrokenPipeGuard {
  private var old = sigset_t()
  private let wasPending: Bool

  init() {
    wasPending = Self.isPending
    var blocked = Self.brokenPipe
    pthread_sigmask(SIG_BLOCK, &blocked, &old)
  }

  func end() {
    var old = old
    if Self.isPending && !wasPending {
      // It is this thread's, since the system sends it to the writer.
      var taken = Self.brokenPipe
      var signal: Int32 = 0
      sigwait(&taken, &signal)
    }
    pthread_sigmask(SIG_SETMASK, &old, nil)
  }

  private static var brokenPipe: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    return signals
  }

  private static var isPending: Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return sigismember(&pending, SIGPIPE) == 1
  }
}
