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

  func perform(in session: Session) async -> ExitStatus {
    let console = session.console
    do {
      let settings = try common.settings(session.environment)
      if settings.usesJSON { console.reserveOutput() }
      do {
        try await show(settings, in: session)
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
}
