import MillraceStore
import Synchronization

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  import Darwin
#endif

/// The process's standard output and standard error.
enum StandardStreams {
  /// Where standard output is; another than 1 once it is reserved.
  private static let output = Atomic<Int32>(STDOUT_FILENO)
  /// Whether descriptor 1 leads to a pipe that this process reads.
  private static let isLed = Atomic<Bool>(false)

  /// The descriptor of what standard output was when the process began.
  static var outputFile: Int32 { output.load(ordering: .relaxed) }

  /// Makes writing to a pipe that nobody reads an error instead of the process's end.
  ///
  /// With a handler that does nothing, because programs that tasks start would inherit `SIG_IGN`.
  static func surviveClosedPipes() {
    _ = signal(SIGPIPE) { _ in }
  }

  /// Keeps standard output for ``write(_:_:)``: whatever else is printed goes to standard error.
  static func reserveOutput() {
    guard output.load(ordering: .relaxed) == STDOUT_FILENO else { return }
    fflush(stdout)
    // Not inherited, or a program that a task leaves behind would keep a pipe open.
    let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { return }
    output.store(copy, ordering: .relaxed)
  }

  /// Leads what is printed into a file, while ``write(_:_:)`` writes where it did.
  ///
  /// - Returns: Where that is; nil if it could not be done.
  static func lead(into file: Int32) -> Int32? {
    guard output.load(ordering: .relaxed) == STDOUT_FILENO else { return nil }
    fflush(stdout)
    let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0, dup2(file, STDOUT_FILENO) >= 0 else { return nil }
    // As it would be on the terminal; the library has not looked yet, or keeps what it found.
    setvbuf(stdout, nil, _IOLBF, 0)
    isLed.store(true, ordering: .sequentiallyConsistent)
    output.store(copy, ordering: .sequentiallyConsistent)
    return copy
  }

  /// Ends what ``lead(into:)`` began.
  static func giveBack() {
    fflush(stdout)
    dup2(output.load(ordering: .relaxed), STDOUT_FILENO)
    // The copy stays open, since somebody may be about to write to it.
    output.store(STDOUT_FILENO, ordering: .sequentiallyConsistent)
    isLed.store(false, ordering: .sequentiallyConsistent)
  }

  static func write(_ stream: Console.Stream, _ bytes: [UInt8]) throws(Console.Failure) {
    let file = stream == .output ? output.load(ordering: .relaxed) : STDERR_FILENO
    // What tasks have printed through the C library comes first; of this stream alone, since that of a
    // task that waits for input is locked. Not where it comes back here: who prints has the lock of the
    // stream, and may wait for the pipe to be read.
    if !isLed.load(ordering: .relaxed) { fflush(stdout) }
    do {
      try bytes.withUnsafeBytes { try FileSystem.writeAll($0, to: file) }
    } catch let error as SystemCallError where error.number == EPIPE {
      throw .closed
    } catch {
      throw .other("\(error)")
    }
  }
}

extension Console {
  /// The process's console.
  ///
  /// Lines are coloured on a terminal, unless `NO_COLOR` is set (https://no-color.org) or `TERM` is
  /// `dumb`.
  static func standard(_ environment: (String) -> String?) -> Console {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let isPlain = !(environment("NO_COLOR") ?? "").isEmpty || environment("TERM") == "dumb"
    return Console(
      isTerminal: isTerminal, isColoured: isTerminal && !isPlain,
      terminal: Terminal.standard(environment),
      reserve: StandardStreams.reserveOutput
    ) { stream, bytes throws(Failure) in
      try StandardStreams.write(stream, bytes)
    }
  }
}
