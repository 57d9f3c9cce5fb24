import Dispatch
import MillraceStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Leads what tasks print on standard output through a pipe, to be printed above a live region.
///
/// It is the descriptor that is led elsewhere, so that nobody gets past it: `print`, the C library,
/// `FileHandle`, and programs that tasks start with a standard output of their own choice or the inherited
/// one. (What `TaskContext.process` starts has pipes anyway.) The price is that a task sees a pipe where it
/// may look for a terminal.
///
/// Two things that a pipe would take away are kept. The C library goes on to end its buffer with each
/// line, as it does on a terminal; and what stands in the pipe when a task traps is brought to the terminal
/// by ``TerminalRescue``, since that may be just what was printed to find the trap. Standard error is
/// left alone: the message of a trap goes straight to the terminal, and the region makes room for it
/// (see ``LiveWriter``).
///
/// A program that outlives the run writes to a pipe that nobody reads, as behind `| head`.
final class OutputCapture: Sendable {
  private let pipe: (read: Int32, write: Int32)
  /// Closed to end the reader.
  private let bell: (read: Int32, write: Int32)
  private let isOver = DispatchSemaphore(value: 0)
  private let hasEnded = Atomic<Bool>(false)

  /// - Parameter receive: Called with what was printed, on a thread of its own, until ``end()``.
  /// - Returns: Nil where there are no descriptors left; printing goes on as before.
  init?(_ receive: @escaping @Sendable ([UInt8]) -> Void) {
    guard let pipe = Self.makePipe() else { return nil }
    guard let bell = Self.makePipe() else {
      Self.close(pipe)
      return nil
    }
    (self.pipe, self.bell) = (pipe, bell)
    guard let terminal = StandardStreams.lead(into: pipe.write) else {
      Self.close(pipe)
      Self.close(bell)
      return nil
    }
    // Descriptor 1 is the pipe's only end from here on.
    FileSystem.closeFile(pipe.write)
    _ = fcntl(pipe.read, F_SETFL, fcntl(pipe.read, F_GETFL) | O_NONBLOCK)
    TerminalRescue.arm(terminal: terminal, pipe: pipe.read)
    DispatchQueue(label: "millrace.output").async { [self] in
      transfer(receive)
      isOver.signal()
    }
  }

  /// Gives standard output back, and returns when all that was printed has been received.
  func end() {
    guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
    StandardStreams.giveBack()
    FileSystem.closeFile(bell.write)
    isOver.wait()
    TerminalRescue.disarm()
    // A program that is left behind may still write; it is told that nobody reads.
    FileSystem.closeFile(pipe.read)
    FileSystem.closeFile(bell.read)
  }

  private func transfer(_ receive: ([UInt8]) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var isEnding = false
    while true {
      var files = [
        pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0),
      ]
      if !isEnding, poll(&files, 2, -1) < 0, errno != EINTR { return }
      isEnding = isEnding || files[1].revents != 0
      _ = TerminalRescue.beginWriting()
      let count = read(pipe.read, &buffer, buffer.count)
      let number = errno
      if count > 0 { receive(Array(buffer[..<count])) }
      TerminalRescue.endWriting()
      // Nothing is left, or nobody can write any more.
      if count == 0 || count < 0 && number != EINTR && (isEnding || number != EAGAIN) { return }
    }
  }

  private static func makePipe() -> (read: Int32, write: Int32)? {
    var files: [Int32] = [-1, -1]
    guard systemPipe(&files) == 0 else { return nil }
    // Above the standard descriptors, which a process may have closed, and not inherited.
    let copies = files.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
    for file in files { FileSystem.closeFile(file) }
    guard copies[0] >= 0, copies[1] >= 0 else {
      for copy in copies where copy >= 0 { FileSystem.closeFile(copy) }
      return nil
    }
    return (copies[0], copies[1])
  }

  private static func close(_ pipe: (read: Int32, write: Int32)) {
    FileSystem.closeFile(pipe.read)
    FileSystem.closeFile(pipe.write)
  }
}

/// `pipe`, so that variables may have its name.
private func systemPipe(_ files: inout [Int32]) -> Int32 { pipe(&files) }
