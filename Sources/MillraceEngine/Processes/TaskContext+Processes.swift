import Dispatch
public import MillraceGraph

extension TaskContext {
  /// Runs a program and waits for its end, without a shell.
  ///
  /// ```swift
  /// let lines = try await context.process("sort", ["-u"], input: names).standardOutput
  /// ```
  ///
  /// The program runs in a process group of its own. When the run, or the Swift task, is cancelled, the
  /// group gets SIGTERM, and SIGKILL once the grace period is over on ``TaskContext/clock``. When the
  /// program has ended, what it has left running in its group is killed, so let it wait for what it
  /// starts. In every case this returns or throws after the program has been reaped.
  ///
  /// Lines of standard error go to ``TaskContext/log``, and so do those of standard output if it is
  /// not captured.
  ///
  /// - Parameters:
  ///   - program: A path, or a name that is looked up in this process's `PATH`.
  ///   - input: What the program reads from standard input; nil for nothing. It need not read all.
  ///   - environment: Variables beside this process's own. They are no part of the task's key.
  ///   - directory: Where it runs; nil for the working folder.
  ///   - statuses: Exit statuses that are no failure, such as 1 of `grep`.
  ///   - gracePeriod: How long a cancelled program may take to end in order.
  /// - Throws: ``ProcessFailure`` if it cannot be started or ends in another way, which the run reports
  ///   as the node's failure; `CancellationError` if it was told to end, however it then did;
  ///   ``PipelineError`` with code `misuse` for an argument with a zero byte.
  public func process(
    _ program: String, _ arguments: [String] = [], input: [UInt8]? = nil,
    environment: [String: String] = [:], directory: String? = nil,
    output: ProcessOutput.Handling = .captured, accepting statuses: Set<Int32> = [0],
    gracePeriod: Duration = .seconds(5)
  ) async throws -> ProcessOutput {
    let child = ChildProcess(
      ProcessRequest(
        program: program, arguments: arguments, input: input, environment: environment,
        directory: directory, output: output, accepted: statuses, gracePeriod: gracePeriod),
      log: log, clock: clock)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Waiting blocks, which a thread of the cooperative pool must not do.
        DispatchQueue(label: "millrace.process").async { [cancellation] in
          continuation.resume(with: Result { try child.run(until: cancellation) })
        }
      }
    } onCancel: {
      child.terminate()
    }
  }

  /// As ``process(_:_:input:environment:directory:output:accepting:gracePeriod:)`` for synchronous
  /// bodies: blocks the thread until the program has ended.
  ///
  /// Only the run's cancellation ends the program early; Swift's has no hold on a blocked thread.
  public func runProcess(
    _ program: String, _ arguments: [String] = [], input: [UInt8]? = nil,
    environment: [String: String] = [:], directory: String? = nil,
    output: ProcessOutput.Handling = .captured, accepting statuses: Set<Int32> = [0],
    gracePeriod: Duration = .seconds(5)
  ) throws -> ProcessOutput {
    try run(
      ProcessRequest(
        program: program, arguments: arguments, input: input, environment: environment,
        directory: directory, output: output, accepted: statuses, gracePeriod: gracePeriod))
  }

  func run(_ request: ProcessRequest) throws -> ProcessOutput {
    try ChildProcess(request, log: log, clock: clock).run(until: cancellation)
  }
}
