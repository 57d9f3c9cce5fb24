import ArgumentParser
import Millrace
import MillraceStore

/// `status`: the last run, the store, and what is out of date.
struct StatusCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "status",
      abstract: "Show the last run, the store's size, and what is out of date.",
      discussion: """
        A node is out of date if the next run would run it; 'plan' shows all nodes, and takes the same \
        options.
        """)
  }

  @OptionGroup var pipeline: P
  @OptionGroup var common: CommonOptions

  func perform(in session: Session) async -> ExitStatus {
    let console = session.console
    do {
      let settings = try common.settings(in: session)
      if settings.usesJSON { console.reserveOutput() }
      do {
        let store = try settings.store.openToPlan { console.complain("Warning: \($0)") }
        let plan = try await pipeline.plan(
          on: settings.backend.backend, in: store,
          options: settings.options(session.environment, limits: P.resourceLimits))
        let lines = StatusLines(
          try store.usage(), last: store.runs().last { $0.pipeline == P.pipelineName },
          place: store.place, plan: plan)
        for line in settings.usesJSON ? lines.json : lines.text(console.isColoured) {
          console.print(line)
        }
        try store.close()
        return console.status
      } catch {
        console.complain("Error: \(Failures.sentence(error))")
        return .failure
      }
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
  }
}
