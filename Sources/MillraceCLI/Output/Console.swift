import Synchronization

/// Where a command writes: what was asked for on standard output, what is wrong on standard error.
///
/// Each call writes at once and whole, so lines of several threads do not mix.
final class Console: Sendable {
  enum Stream: Hashable, Sendable { case output, error }

  /// Why nothing more can be written to a stream.
  enum Failure: Error, Equatable {
    /// The reader is gone, as `head` is once it has its lines; nobody is missing anything.
    case closed
    case other(String)
  }

  typealias Sink = @Sendable (Stream, [UInt8]) throws(Failure) -> Void

  private let sink: Sink
  private let reserve: @Sendable () -> Void
  private let failures = Mutex<[Stream: Failure]>([:])
  /// Where lines go while it stands, so that they come to stand above it.
  private let region = Mutex<LiveRegion?>(nil)

  /// Whether standard output is shown to a person.
  let isTerminal: Bool
  /// Whether lines on standard output are coloured.
  let isColoured: Bool
  /// The terminal behind standard output, if lines on it can be redrawn.
  let terminal: Terminal?

  /// - Parameters:
  ///   - reserve: Makes standard output carry nothing but what this console writes.
  ///   - sink: Writes bytes to a stream; called by one thread at a time.
  init(
    isTerminal: Bool = false, isColoured: Bool = false, terminal: Terminal? = nil,
    reserve: @escaping @Sendable () -> Void = {}, sink: @escaping Sink
  ) {
    self.isTerminal = isTerminal
    self.isColoured = isColoured
    self.terminal = terminal
    self.reserve = reserve
    self.sink = sink
  }

  /// Prints a line on standard output; a text that ends with a newline gets no other.
  func print(_ line: String) {
    write(.output, Self.ended(line))
  }

  /// Prints a line on standard error.
  func complain(_ line: String) {
    write(.error, Self.ended(line))
  }

  /// Writes bytes to standard output.
  func write(_ bytes: [UInt8]) {
    write(.output, bytes)
  }

  /// Sends what tasks print to standard error, so that programs can read standard output.
  func reserveOutput() { reserve() }

  /// Whether everything could be written, which includes that nobody wanted the rest.
  var status: ExitStatus {
    guard case .other(let reason)? = failures.withLock({ $0[.output] }) else { return .success }
    complain("Error: Standard output cannot be written to (\(reason)); what is missing is lost.")
    return .failure
  }

  private static func ended(_ line: String) -> [UInt8] {
    var bytes = Array(line.utf8)
    if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    return bytes
  }

  /// Prints through a live region from now on; nil for none.
  func setRegion(_ region: LiveRegion?) { self.region.withLock { $0 = region } }

  private func write(_ stream: Stream, _ bytes: [UInt8]) {
    // Not under the lock: the region writes to this console in turn.
    if let region = region.withLock({ $0 }), stream == .output || terminal?.showsErrors == true,
      region.print(
        bytes, from: stream == .output ? .output : .error, isUrgent: stream == .error)
    {
      return
    }
    writeDirectly(stream, bytes)
  }

  /// Writes past a live region, which does so itself.
  func writeDirectly(_ stream: Stream, _ bytes: [UInt8]) {
    failures.withLock { failures in
      guard failures[stream] == nil else { return }
      do throws(Failure) {
        try sink(stream, bytes)
      } catch {
        failures[stream] = error
      }
    }
  }
}
