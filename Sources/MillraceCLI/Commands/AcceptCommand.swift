import ArgumentParser
import Millrace

/// `accept`: vouches that a change does no harm.
struct AcceptCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "accept",
      abstract: "Keep a node's result although its code or inputs have changed.",
      discussion: """
        The latest result of the node stands for its new key too, because you vouch that running it again \
        would give the same. What you accept is recorded, and 'history' and 'explain' show it. \
        'invalidate' takes it back.
        """)
  }

  @Argument(
    help: ArgumentHelp("A node that 'plan' would run.", valueName: "node"),
    completion: Completions.of(.nodes))
  var node: String

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason = "accepted by hand"

  @OptionGroup var pipeline: P
  @OptionGroup var common: CommonOptions

  func perform(in session: Session) async -> ExitStatus {
    let console = session.console
    do {
      let settings = try common.settings(in: session)
      do {
        let store = try settings.store.openToPlan { console.complain("Warning: \($0)") }
        let plan = try await pipeline.plan(
          on: settings.backend.backend, in: store,
          options: settings.options(session.environment, limits: P.resourceLimits))
        let record = try plan.accept(node, because: reason)
        try store.close()
        if settings.usesJSON {
          var line = JSONLine(event: "accepted")
          line.add("name", node)
          line.add("key", record.key.digest.hex)
          line.add("artifact", record.artifact.hex)
          line.add("reason", reason)
          console.print(line.text)
        } else {
          let size = Amounts.size(record.size)
          console.print(
            "\(node): the result of \(size), sha256 \(record.artifact.hex.prefix(12)), stands for key \(record.key.digest.hex.prefix(12)) too."
          )
        }
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
