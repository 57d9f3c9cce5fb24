import ArgumentParser
import Millrace
import MillraceStore

/// `verify`: reads all that the store has, and says what is broken.
struct VerifyCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "verify",
      abstract: "Check every byte of the store, or whether tasks are deterministic.",
      discussion: """
        Prints a line for each problem, then a summary. The exit status is 0 if nothing is wrong, or \
        nothing any more, and 1 otherwise. What is broken counts as not stored anyway; '--repair' removes \
        it, and what is whole stays.

        With '--determinism', runs tasks again whose results are stored, with the inputs that are stored, and \
        compares the bytes. Nothing is recorded. Options of the pipeline and of 'run' hold as there.
        """)
  }

  @Flag(help: "Remove what is broken.")
  var repair = false

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @Option(
    help: ArgumentHelp("Run these nodes again and compare, as 'train*'.", valueName: "pattern"),
    completion: Completions.of(.nodes))
  var determinism: String?

  @OptionGroup var location: StoreLocation

  /// Options of a run, which checking the store does not need and so must not demand.
  @Argument(parsing: .allUnrecognized, help: ArgumentHelp(visibility: .hidden))
  var rest: [String] = []

  func validate() throws {
    if determinism == nil, let first = rest.first {
      throw ValidationError(
        "'verify' does not know '\(first)'; options of 'run' go with '--determinism'.")
    }
    if determinism != nil && repair {
      throw ValidationError("'--repair' and '--determinism' exclude each other: give one of them.")
    }
  }

  func perform(in session: Session) async -> ExitStatus {
    if let determinism { return await compare(determinism, in: session) }
    return check(in: session)
  }

  private func check(in session: Session) -> ExitStatus {
    let console = session.console
    let path: String
    do {
      path = try location.folder(in: session, purpose: "verify")
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
    do {
      // A store that is not there is not made.
      var store = try ArtifactStore.open(at: path, readOnly: true)
      if repair { store = try .open(at: path) }
      let report = try store.verify(repairing: repair)
      let lines = VerificationLines(report, isRepairing: repair)
      for line in json ? lines.json : lines.text { console.print(line) }
      return report.remaining.isEmpty ? console.status : .failure
    } catch {
      if json { console.print(JSONLine.error(error).text) }
      console.complain("Error: \(Failures.sentence(error))")
      return .failure
    }
  }

  private func compare(_ pattern: String, in session: Session) async -> ExitStatus {
    let console = session.console
    if json { console.reserveOutput() }
    var command: RunCommand<P>
    do {
      command = try RunCommand<P>.parse(rest)
      // What this command has taken is not in the rest.
      command.common.location = location
    } catch {
      console.complain(RunCommand<P>.fullMessage(for: error))
      return .usage
    }
    do {
      let path = try location.folder(in: session, purpose: "verify")
      do {
        let store = try ArtifactStore.open(at: path, readOnly: true)
        let settings = try command.common.settings(in: session)
        var options = settings.options(session.environment, limits: P.resourceLimits)
        options.pipeline = P.pipelineName
        let checks = try await command.pipeline.graph().checkDeterminism(
          of: pattern, on: settings.backend.backend, in: store, options: options)
        let lines = DeterminismLines(checks)
        for line in json ? lines.json : lines.text { console.print(line) }
        return checks.allSatisfy(\.isSame) ? console.status : .failure
      } catch {
        if json { console.print(JSONLine.error(error).text) }
        console.complain("Error: \(Failures.sentence(error))")
        return .failure
      }
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
  }
}
