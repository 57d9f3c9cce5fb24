import ArgumentParser

/// What a catalog says of itself.
enum CatalogOverview<C: PipelineCatalog> {
  /// The help of the program as a whole.
  static var help: String {
    let example = C.pipelines.first?._commandName ?? ""
    // It ends with a newline or not, as it has subcommands.
    let rest = CatalogRoot<C>.helpMessage().trimmingSuffix("\n")
    return """
      \(rest)

      \(list)

        '\(C.name) \(example)' runs a pipeline, '\(C.name) \(example) --help' shows what it takes.
      """
  }

  /// The pipelines with what they say of themselves, as ArgumentParser lists subcommands.
  static var list: String {
    let lines = C.pipelines.filter { $0.configuration.shouldDisplay }.map { pipeline in
      let label = "  " + CatalogCheck.words(of: pipeline).joined(separator: ", ")
      let abstract = Self.lines(of: pipeline.configuration.abstract, width: 80 - column)
        .joined(separator: "\n" + String(repeating: " ", count: column))
      if abstract.isEmpty { return label }
      return label.count < column
        ? label.filled(to: column) + abstract
        : label + "\n" + String(repeating: " ", count: column) + abstract
    }
    return "PIPELINES:\n" + lines.joined(separator: "\n")
  }

  /// Where ArgumentParser begins explanations.
  private static var column: Int { 26 }

  /// A text in lines of whole words.
  private static func lines(of text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self[...]
    while text.last == character { text.removeLast() }
    return String(text)
  }
}
