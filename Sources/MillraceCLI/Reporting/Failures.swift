import MillraceGraph

/// Words for what went wrong.
enum Failures {
  /// One sentence or two: what happened, where, and what to do.
  static func sentence(_ error: any Error) -> String {
    // The message of a failed task ends with what the task threw.
    if let error = error as? PipelineError, [.taskFailed, .timedOut].contains(error.code) {
      return error.message
    }
    return "\(error)"
  }
}
