import ArgumentParser
import MillraceStore

/// `gc`: removes what nothing can reach, and what it is told to let go.
struct CleanCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "gc", abstract: "Remove results that nothing needs any more.",
      discussion: """
        Removes results that no run and no name refers to, and makes the log smaller. The options let \
        go of more; what a name stands for now always stays. Runs may go on meanwhile.
        """)
  }

  @OptionGroup var retention: RetentionChoice

  @Flag(help: "Say what would be removed, and change nothing.")
  var dryRun = false

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var location: StoreLocation

  func perform(in session: Session) -> ExitStatus {
    let console = session.console
    let path: String
    do {
      path = try location.folder(in: session, purpose: "clean up")
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
    do {
      var options = StoreOptions()
      options.onWarning = { console.complain("Warning: \($0)") }
      // A store that is not there is not made.
      var store = try ArtifactStore.open(at: path, readOnly: true, options: options)
      if !dryRun { store = try .open(at: path) }
      let report = try store.collectGarbage(retention.policy, dryRun: dryRun)
      let lines = GarbageLines(report)
      for line in json ? lines.json : lines.text { console.print(line) }
      if !report.isWithinLimit, let limit = retention.maxSize {
        console.complain(
          "Warning: The store \(dryRun ? "would take" : "takes") \(Amounts.size(report.sizeAfter)), more than \(Amounts.size(limit)); the rest is what names stand for, what the last runs used, or what a run holds that goes on."
        )
      }
      return console.status
    } catch {
      if json { console.print(JSONLine.error(error).text) }
      console.complain("Error: \(Failures.sentence(error))")
      return .failure
    }
  }
}
