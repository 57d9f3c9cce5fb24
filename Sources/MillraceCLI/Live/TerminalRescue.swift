import Synchronization

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  import Darwin
#endif

/// Leaves a terminal as a person expects it when the process ends or stops in the middle of a run: by a
/// trap, `abort`, `exit` in a task, a quit key, a second interrupt, or a stop key.
///
/// What it does is safe in a signal's handler: system calls on descriptors that stand in atomics. Handlers
/// that were there, such as those that print Swift's backtraces, come behind.
enum TerminalRescue {
  /// Whether a region stands on the terminal and the cursor is hidden.
  private static let isDrawn = Atomic<Bool>(false)
  /// Whether no region may come to stand there, since the process ends or stops.
  private static let isClosed = Atomic<Bool>(false)
  /// How many threads have something on the way to the terminal.
  private static let writers = Atomic<Int>(0)
  /// Whether the process was stopped, and the region removed for that.
  private static let wasStopped = Atomic<Bool>(false)
  private static let terminal = Atomic<Int32>(-1)
  private static let pipe = Atomic<Int32>(-1)
  /// What was done about signals before, by number.
  private static let earlier = Handlers()

  private struct Handlers: @unchecked Sendable {
    // Written before the handlers are installed that read it.
    let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
    init() { actions.initialize(repeating: sigaction(), count: 65) }
  }

  private static let ends = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT]
  private static let leavesAtExit: Void = {
    atexit {
      fflush(stdout)
      TerminalRescue.rescue()
    }
  }()

  /// - Parameters:
  ///   - terminal: Where the region stands.
  ///   - pipe: Read from without blocking; what is left in it at an end goes to the terminal.
  static func arm(terminal file: Int32, pipe: Int32) {
    // Made here, and not in a handler.
    (_, _, _) = (leavesAtExit, writers.load(ordering: .relaxed), earlier.actions)
    wasStopped.store(false, ordering: .relaxed)
    isDrawn.store(false, ordering: .relaxed)
    isClosed.store(false, ordering: .relaxed)
    self.pipe.store(pipe, ordering: .relaxed)
    terminal.store(file, ordering: .sequentiallyConsistent)
    for signal in ends { handle(signal) { TerminalRescue.end($0) } }
    handle(SIGTSTP) { _ in TerminalRescue.stop() }
  }

  static func disarm() {
    terminal.store(-1, ordering: .sequentiallyConsistent)
    for signal in ends + [SIGTSTP] { putBack(signal) }
  }

  /// Somebody is going to bring something to the terminal, and calls ``endWriting(isDrawn:)`` afterwards.
  ///
  /// - Returns: Whether a region may stand there.
  static func beginWriting() -> Bool {
    writers.add(1, ordering: .sequentiallyConsistent)
    return !isClosed.load(ordering: .sequentiallyConsistent)
  }

  /// - Parameter isDrawn: Whether a region stands there now; nil if that has not changed.
  static func endWriting(isDrawn: Bool? = nil) {
    if let isDrawn { self.isDrawn.store(isDrawn, ordering: .sequentiallyConsistent) }
    writers.subtract(1, ordering: .sequentiallyConsistent)
  }

  /// Whether the process was stopped, and the region removed, since the last call.
  static func takeStop() -> Bool { wasStopped.exchange(false, ordering: .relaxed) }

  /// Removes the region, prints what waits in the pipe, and shows the cursor; nothing if it was done.
  static func rescue() {
    let file = terminal.exchange(-1, ordering: .sequentiallyConsistent)
    guard file >= 0 else { return }
    remove(file)
    drain(pipe.load(ordering: .relaxed), to: file)
    // A writer may have begun since, and have taken from the pipe what was not found there.
    awaitWriters()
  }

  private static func drain(_ pipe: Int32, to file: Int32) {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      while takesMore(file) {
        let count = read(pipe, buffer.baseAddress, buffer.count)
        if count <= 0 { return }
        _ = write(file, buffer.baseAddress, count)
      }
    }
  }

  private static func remove(_ file: Int32) {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    awaitWriters()
    guard isDrawn.exchange(false, ordering: .sequentiallyConsistent) else { return }
    if takesMore(file) { put("\r\u{1b}[J\u{1b}[?25h", file) }
  }

  /// Waits until nobody writes, for half a second: it may be one of them that this happens on.
  private static func awaitWriters() {
    var patience = 500
    while writers.load(ordering: .sequentiallyConsistent) > 0, patience > 0 {
      usleep(1000)
      patience -= 1
    }
  }

  /// Whether a terminal takes bytes, and not only when somebody lets it go on.
  private static func takesMore(_ file: Int32) -> Bool {
    var writable = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    return poll(&writable, 1, 100) == 1 && writable.revents & Int16(POLLOUT) != 0
  }

  private static func put(_ text: StaticString, _ file: Int32) {
    _ = write(file, text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Lets the process end as it would have.
  private static func end(_ signal: Int32) {
    rescue()
    putBack(signal)
    // A fault happens again, with its place known to who comes next. Others have to be sent again.
    switch signal {
    case SIGILL, SIGBUS, SIGFPE, SIGSEGV: return
    #if !arch(x86_64) && !arch(i386)
      case SIGTRAP: return
    #endif
    default: raise(signal)
    }
  }

  /// Stops the process as the stop key would have, on a clean terminal. The next frame shows all again.
  private static func stop() {
    let file = terminal.load(ordering: .relaxed)
    if file >= 0 { remove(file) }
    wasStopped.store(true, ordering: .relaxed)
    kill(getpid(), SIGSTOP)
    isClosed.store(false, ordering: .sequentiallyConsistent)
  }

  private static func handle(_ signal: Int32, _ handler: @convention(c) (Int32) -> Void) {
    let old = earlier.actions + Int(signal)
    guard sigaction(signal, nil, old) == 0 else { return }
    // Where a shell without jobs has the stop key ignored, it stays so. The handler is the first field.
    let ignored = 1
    guard signal != SIGTSTP || UnsafeRawPointer(old).load(as: Int.self) != ignored else { return }
    var new = sigaction()
    withUnsafeMutableBytes(of: &new) {
      $0.storeBytes(of: unsafeBitCast(handler, to: Int.self), as: Int.self)
    }
    // A stack that overflows needs another one.
    new.sa_flags = Int32(SA_ONSTACK) | Int32(SA_RESTART)
    sigaction(signal, &new, nil)
  }

  private static func putBack(_ signal: Int32) {
    sigaction(signal, earlier.actions + Int(signal), nil)
  }
}
