/// Where a task says what it is doing, line by line.
///
/// ```swift
/// context.log.info("read \(rows.count) rows")
/// ```
///
/// In a run the lines reach the run's observers; without an observer they are dropped. What child
/// processes print goes here too. A line is a message for people: it is no part of a key or a value.
public struct TaskLog: Sendable {
  /// How much a line matters, rising.
  public enum Level: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }

    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
  }

  /// Who wrote a line.
  public enum Source: String, Sendable {
    case task
    /// Streams of a child process. Programs write much that is no error to standard error, so lines of
    /// both are ``Level/info``.
    case standardOutput, standardError
  }

  public struct Line: Hashable, Sendable {
    public var level: Level
    public var source: Source
    /// Without the newline.
    public var text: String

    public init(_ text: String, level: Level = .info, source: Source = .task) {
      self.level = level
      self.source = source
      self.text = text
    }
  }

  private let sink: (@Sendable (Line) -> Void)?

  /// - Parameter sink: Receives the lines, on the thread that writes them.
  public init(_ sink: @escaping @Sendable (Line) -> Void) { self.sink = sink }

  private init() { sink = nil }

  /// Drops every line.
  public static let none: TaskLog = TaskLog()

  /// Whether anybody reads it, so that lines nobody wants need not be made.
  public var isRead: Bool { sink != nil }

  public func write(_ line: @autoclosure () -> Line) {
    if let sink { sink(line()) }
  }

  public func debug(_ text: @autoclosure () -> String) { write(Line(text(), level: .debug)) }
  public func info(_ text: @autoclosure () -> String) { write(Line(text(), level: .info)) }
  public func warning(_ text: @autoclosure () -> String) { write(Line(text(), level: .warning)) }
  public func error(_ text: @autoclosure () -> String) { write(Line(text(), level: .error)) }
}
