import Dispatch
import MillraceGraph
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a run does about SIGINT and SIGTERM: the first ends it in order, the second the process.
///
/// An interrupt is obeyed even where the process was started with SIGINT ignored, as shells do with
/// commands in the background: whoever sends one means it.
final class Interrupts: Sendable {
  private struct State {
    var first: Int32?
    var sources: [any DispatchSourceSignal] = []
  }

  private let state = Mutex(State())
  private let console: Console
  private let cancellation: Cancellation
  private let exitAtOnce: @Sendable (Int32) -> Void

  /// - Parameters:
  ///   - cancellation: Set by the first signal.
  ///   - exitAtOnce: Ends the process with a status, at the second.
  init(
    console: Console, cancellation: Cancellation,
    exitAtOnce: @escaping @Sendable (Int32) -> Void = {
      TerminalRescue.rescue()
      _exit($0)
    }
  ) {
    self.console = console
    self.cancellation = cancellation
    self.exitAtOnce = exitAtOnce
  }

  /// The signal that ended the run, if one did.
  var signal: Int32? { state.withLock(\.first) }

  /// Does what the process does at a signal.
  func receive(_ signal: Int32) {
    let isFirst = state.withLock { state in
      defer { state.first = state.first ?? signal }
      return state.first == nil
    }
    guard isFirst else { return exitAtOnce(ExitStatus.interrupted(by: signal).rawValue) }
    // Before the line, which somebody may be in no hurry to read.
    cancellation.cancel()
    let word = signal == SIGINT ? "Interrupted" : "Terminated"
    console.complain(
      "\(word): nothing new starts, and what runs is asked to end. Interrupt again to exit at once."
    )
  }

  /// Hears the process's signals from now on.
  func listen() {
    let queue = DispatchQueue(label: "millrace.signals", qos: .userInitiated)
    state.withLock { state in
      state.sources = [SIGINT, SIGTERM].map { signal in
        #if canImport(Darwin)
          // There the default action would come first. A handler instead of `SIG_IGN`, which
          // programs that tasks start would inherit.
          _ = Darwin.signal(signal) { _ in }
        #endif
        let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
        source.setEventHandler { [weak self] in self?.receive(signal) }
        source.resume()
        return source
      }
    }
  }

  func stopListening() {
    state.withLock { state in
      for source in state.sources { source.cancel() }
      state.sources = []
    }
  }
}
