#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A terminal on which a live region can stand; tests give another one than the process's.
struct Terminal: Sendable {
  /// Whether what goes to standard error is shown on this terminal, too.
  var showsErrors = true
  /// The size now; nil while nothing should be drawn.
  var size: @Sendable () -> TerminalSize?
  /// Takes what tasks print for a function that prints it above the region, until the returned function
  /// is called; see ``OutputCapture``.
  var capture: @Sendable (@escaping @Sendable ([UInt8]) -> Void) -> @Sendable () -> Void = { _ in
    {}
  }
  /// Called before something is written; says whether a region may stand there.
  var beginWriting: @Sendable () -> Bool = { true }
  /// Called afterwards with whether one does.
  var endWriting: @Sendable (Bool) -> Void = { _ in }
  /// Whether the region was removed by somebody else since the last call.
  var hasForgotten: @Sendable () -> Bool = { false }
}

extension Terminal {
  /// The process's terminal; nil if standard output is none, or one on which lines cannot be redrawn.
  ///
  /// Terminals of continuous integration are kept as logs, in which every frame would stay.
  static func standard(_ environment: (String) -> String?) -> Terminal? {
    let kind = environment("TERM") ?? ""
    let isCI = !["", "0", "false"].contains(environment("CI") ?? "")
    guard isatty(STDOUT_FILENO) == 1, !kind.isEmpty, kind != "dumb", !isCI else { return nil }
    return Terminal(
      showsErrors: isSame(STDOUT_FILENO, STDERR_FILENO),
      size: { size(of: StandardStreams.outputFile) },
      capture: { receive in
        guard let capture = OutputCapture(receive) else { return {} }
        return { capture.end() }
      },
      beginWriting: { TerminalRescue.beginWriting() },
      endWriting: { TerminalRescue.endWriting(isDrawn: $0) },
      hasForgotten: { TerminalRescue.takeStop() })
  }

  private static func isSame(_ first: Int32, _ second: Int32) -> Bool {
    var (one, other) = (stat(), stat())
    return fstat(first, &one) == 0 && fstat(second, &other) == 0 && isatty(second) == 1
      && one.st_rdev == other.st_rdev
  }

  private static func size(of file: Int32) -> TerminalSize? {
    // In the background the terminal is another program's.
    let foreground = tcgetpgrp(file)
    guard foreground < 0 || foreground == getpgrp() else { return nil }
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize(columns: 80, rows: 24)
    }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }
}
