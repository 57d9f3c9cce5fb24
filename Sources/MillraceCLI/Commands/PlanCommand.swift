import ArgumentParser
import Millrace

/// `plan`: says what a run would do.
struct PlanCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plan", abstract: "Show what would run and why, without running it.",
      discussion: """
        'hit' has a result, 'run' will run, 'waiting' will run if what it waits for gives other \
        bytes than before, and 'on demand' will run if something that runs needs its value.
        """)
  }

  @OptionGroup var pipeline: P
  @OptionGroup var common: CommonOptions

  @Flag(help: "List what tasks call in their own modules and nothing follows, instead of the plan.")
  var untracked = false

  func perform(in session: Session) async -> ExitStatus {
    let console = session.console
    do {
      let settings = try common.settings(in: session)
      if settings.usesJSON { console.reserveOutput() }
      do {
        if untracked {
          try showUntracked(settings, in: session)
        } else {
          try await show(settings, in: session)
        }
      } catch {
        if settings.usesJSON {
          console.print(JSONLine.error(error).text)
          console.print(JSONLine.plan([], status: "failed").text)
        }
        console.complain("Error: \(Failures.sentence(error))")
        return .failure
      }
      return console.status
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
  }

  private func show(_ settings: Settings, in session: Session) async throws {
    let console = session.console
    let store = try settings.store.openToPlan { warning in
      if settings.usesJSON { console.print(JSONLine.warning(warning).text) }
      console.complain("Warning: \(warning)")
    }
    let plan = try await pipeline.plan(
      on: settings.backend.backend, in: store,
      options: settings.options(session.environment, limits: P.resourceLimits))
    if settings.usesJSON {
      for node in plan.nodes { console.print(JSONLine.planned(node).text) }
      console.print(JSONLine.plan(plan.nodes, status: "succeeded").text)
    } else {
      let lines = PlanLines(isColoured: console.isColoured)
      for line in lines.all(of: plan.nodes) { console.print(line) }
    }
    try store.close()
  }

  private func showUntracked(_ settings: Settings, in session: Session) throws {
    let path = FingerprintSource.executablePath()
    guard let symbols = try ExecutableSymbols.names(inFile: path) else {
      throw PipelineError(
        .misuse,
        "This executable has no symbol table to tell names of its modules by; build it without stripping, best for debugging."
      )
    }
    var modules: [String: ModuleNames] = [:]
    let tasks = UntrackedNames.list(of: pipeline.graph().tasks, following: .program) { module in
      if let names = modules[module] { return names }
      let names = ModuleNames(of: module, among: symbols)
      modules[module] = names
      return names
    }
    if settings.usesJSON {
      for task in tasks { session.console.print(JSONLine.untracked(task).text) }
      session.console.print(JSONLine.untrackedPlan(tasks).text)
    } else {
      let lines = UntrackedLines.all(of: tasks, isDebugBuild: Self.isDebugBuild)
      for line in lines { session.console.print(line) }
    }
  }

  /// Whether the program was built without optimisation.
  private static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
}
