import Dispatch
import Synchronization

/// The live region at the bottom of a terminal, and all that is printed above it while it stands.
///
/// Whoever prints hands it over here, so that one lock orders what the terminal gets. What the region
/// shows is made anew for each frame, and written only if something has changed; frames come ten times
/// a second at most, but for lines that must not wait.
final class LiveRegion: Sendable {
  /// Who prints what stands above the region. Each has unfinished lines of its own.
  enum Source: Hashable { case output, error, tasks }

  private struct State {
    var frame: LiveFrame?
    var above: [PrintedLine] = []
    var unfinished: [Source: PrintedLines] = [:]
    var waiting = 0
    var isOpen = true
    var timer: (any DispatchSourceTimer)?
  }

  /// How many bytes above the region may wait for the next frame.
  private static let limit = 1 << 16

  private let state = Mutex(State())
  private let terminal: Terminal
  private let write: @Sendable ([UInt8]) -> Void
  private let contents: @Sendable (TerminalSize) -> [String]

  /// - Parameters:
  ///   - write: Writes to the terminal, and must not come back here.
  ///   - contents: The lines to show on a terminal of a size; none for no region. Called under the lock.
  init(
    on terminal: Terminal, write: @escaping @Sendable ([UInt8]) -> Void,
    contents: @escaping @Sendable (TerminalSize) -> [String]
  ) {
    self.terminal = terminal
    self.write = write
    self.contents = contents
  }

  /// Draws frames from now on.
  func start() {
    let queue = DispatchQueue(label: "millrace.progress")
    state.withLock { state in
      let timer = DispatchSource.makeTimerSource(queue: queue)
      timer.setEventHandler { [weak self] in self?.refresh() }
      timer.schedule(deadline: .now() + 0.1, repeating: 0.1, leeway: .milliseconds(10))
      timer.activate()
      state.timer = timer
    }
  }

  /// Draws a frame if it differs from what stands there, or something waits to stand above it.
  func refresh() {
    state.withLock { state in
      if state.isOpen { draw(&state) }
    }
  }

  /// Prints above the region.
  ///
  /// - Parameter isUrgent: Whether it is written at once, and not with the next frame.
  /// - Returns: False if the region is gone: nothing has been printed.
  func print(_ bytes: [UInt8], from source: Source, isUrgent: Bool) -> Bool {
    state.withLock { state in
      guard state.isOpen else { return false }
      let lines = state.unfinished[source, default: PrintedLines()].take(bytes)
      state.above += lines
      for line in lines { state.waiting += line.bytes.count }
      let waits = !isUrgent && state.frame != nil && state.waiting < Self.limit
      if !waits && !lines.isEmpty { draw(&state) }
      return true
    }
  }

  /// Removes the region, after what waits to stand above it.
  func close() {
    state.withLock { state in
      guard state.isOpen else { return }
      state.isOpen = false
      state.timer?.cancel()
      state.timer = nil
      for source in [Source.tasks, .output, .error] {
        if let rest = state.unfinished[source]?.rest() { state.above.append(rest) }
      }
      show(nil, &state)
    }
  }

  private func draw(_ state: inout State) {
    // Whoever stopped the process has seen the region removed.
    if terminal.hasForgotten() { state.frame = nil }
    let frame = terminal.size().flatMap { size in
      let lines = contents(size)
      return lines.isEmpty ? nil : LiveFrame(lines: lines, size: size)
    }
    guard frame != state.frame || !state.above.isEmpty else { return }
    show(frame, &state)
  }

  private func show(_ frame: LiveFrame?, _ state: inout State) {
    let frame = terminal.beginWriting() ? frame : nil
    let bytes = LiveWriter.bytes(from: state.frame, above: state.above, to: frame)
    if !bytes.isEmpty { write(bytes) }
    terminal.endWriting(frame != nil)
    state.frame = frame
    state.above.removeAll(keepingCapacity: true)
    state.waiting = 0
  }
}
