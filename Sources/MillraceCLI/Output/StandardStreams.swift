import MillraceStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The process's standard output and standard error.
enum StandardStreams {
  /// Where standard output is; another than 1 once it is reserved.
  private static let output = Atomic<Int32>(STDOUT_FILENO)

  /// Makes writing to a pipe that nobody reads an error instead of the process's end.
  ///
  /// With a handler that does nothing, because programs that tasks start would inherit `SIG_IGN`.
  static func surviveClosedPipes() {
    _ = signal(SIGPIPE) { _ in }
  }

  /// Keeps standard output for ``write(_:_:)``: whatever else is printed goes to standard error.
  static func reserveOutput() {
    guard output.load(ordering: .relaxed) == STDOUT_FILENO else { return }
    fflush(nil)
    // Not inherited, or a program that a task leaves behind would keep a pipe open.
    let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { return }
    output.store(copy, ordering: .relaxed)
  }

  static func write(_ stream: Console.Stream, _ bytes: [UInt8]) throws(Console.Failure) {
    let file = stream == .output ? output.load(ordering: .relaxed) : STDERR_FILENO
    // What tasks have printed through the C library comes first.
    fflush(nil)
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
      reserve: StandardStreams.reserveOutput
    ) { stream, bytes throws(Failure) in
      try StandardStreams.write(stream, bytes)
    }
  }
}
