import ArgumentParser

/// Whether a catalog can be a command.
enum CatalogCheck {
  /// Why a catalog cannot be one: a sentence, or nil if it can. Its pipelines' own names are not looked at.
  static func refusal(of catalog: any PipelineCatalog.Type) -> String? {
    let pipelines = catalog.pipelines
    guard !pipelines.isEmpty else {
      return
        "Catalog '\(catalog)' has no pipelines; name some, as in 'static let pipelines: [any PipelineCommand.Type] = [WordCount.self]'."
    }
    var commands: [String: any ParsableCommand.Type] = [:]
    for command in pipelines as [any ParsableCommand.Type] + catalog.configuration.subcommands {
      for word in words(of: command) {
        if word == "help" {
          return
            "Catalog '\(catalog)' calls '\(fullName(command))' 'help', which shows help; give it another 'commandName' in its configuration."
        }
        if let other = commands.updateValue(command, forKey: word) {
          return other == command
            ? "Catalog '\(catalog)' lists '\(fullName(command))' twice; remove one of the two."
            : "Catalog '\(catalog)' has two commands '\(word)': '\(fullName(other))' and '\(fullName(command))'; give one of them another 'commandName' in its configuration."
        }
      }
    }
    // They would take each other's names in the store.
    var names: [String: any PipelineCommand.Type] = [:]
    for pipeline in pipelines {
      guard let other = names.updateValue(pipeline, forKey: pipeline.pipelineName) else { continue }
      return
        "Catalog '\(catalog)' has two pipelines named '\(pipeline.pipelineName)': '\(fullName(other))' and '\(fullName(pipeline))'; give one of them a 'static let pipelineName'."
    }
    return nil
  }

  /// Why pipelines of a catalog cannot be commands: a sentence for each of which that is so.
  ///
  /// The others can be used all the same, so the command line only asks this about the one that it is for.
  static func refusals(of catalog: any PipelineCatalog.Type) -> [String] {
    catalog.pipelines.compactMap(ReservedNames.refusal)
  }

  /// What a command is called on the command line: its name, then its aliases.
  static func words(of command: any ParsableCommand.Type) -> [String] {
    [command._commandName] + command.configuration.aliases
  }

  private static func fullName(_ type: any ParsableCommand.Type) -> String {
    String(reflecting: type)
  }
}
