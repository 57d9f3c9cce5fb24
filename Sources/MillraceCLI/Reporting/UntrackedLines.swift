/// The lines that `plan --untracked` prints.
enum UntrackedLines {
  /// A line for each task that calls something untracked, and a sentence that says what to do.
  static func all(of tasks: [UntrackedNames], isDebugBuild: Bool) -> [String] {
    let lines = tasks.filter { !$0.names.isEmpty }.map { task in
      "\(task.task) (\(task.file):\(task.line)): \(task.names.map(\.description).joined(separator: ", "))"
    }
    var result = lines
    if lines.isEmpty {
      result.append(
        "\(Amounts.count(tasks.count, "task")): all that is called in their own modules is followed."
      )
    } else {
      result.append(
        "Write '@Tracked' before these, or before the type or extension around them, so that the tasks run again when their code changes."
      )
    }
    if !isDebugBuild {
      result.append(
        "In a release build, what was inlined or specialized is missing here; in a debug build the list is complete."
      )
    }
    return result
  }
}

extension JSONLine {
  static func untracked(_ task: UntrackedNames) -> JSONLine {
    var line = JSONLine(event: "task")
    line.add("task", task.task)
    line.add("file", task.file)
    line.add("line", task.line)
    line.add("untracked", task.names.map(\.name))
    return line
  }

  /// The last line of `plan --untracked`.
  static func untrackedPlan(_ tasks: [UntrackedNames]) -> JSONLine {
    var line = JSONLine(event: "plan")
    line.add("status", "succeeded")
    line.add("tasks", tasks.count)
    line.add("untracked", Set(tasks.flatMap { $0.names.map(\.name) }).count)
    return line
  }
}
