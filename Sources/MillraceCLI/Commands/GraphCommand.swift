import ArgumentParser
import Millrace
import MillraceGraph

/// `graph`: draws the pipeline.
struct GraphCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "graph", abstract: "Draw the pipeline's graph.",
      discussion: """
        As text that Mermaid or Graphviz draw, as a picture in SVG, or as JSON. Each task is drawn once: what \
        'ForEach' copies for elements that only a run knows is in a frame, or a stack. Nothing is run, and \
        no store is needed.
        """)
  }

  @OptionGroup var pipeline: P

  // Taken as by the verbs beside it, and not needed.
  @OptionGroup(visibility: .hidden) var location: StoreLocation

  @Option(help: ArgumentHelp("How: 'mermaid', 'dot', 'svg' or 'json'.", valueName: "format"))
  var format = Format.mermaid

  enum Format: String, ExpressibleByArgument, CaseIterable { case mermaid, dot, svg, json }

  func perform(in session: Session) -> ExitStatus {
    let outline = GraphOutline(pipeline.graph())
    let lines =
      switch format {
      case .mermaid: Mermaid.lines(of: outline)
      case .dot: Graphviz.lines(of: outline)
      case .svg: GraphSVG(outline, title: P.pipelineName).lines
      case .json: [JSONLine.graph(outline).text]
      }
    for line in lines { session.console.print(line) }
    return session.console.status
  }
}

extension JSONLine {
  /// One object: `nodes`, `edges` and `regions`, which refer to each other by their places.
  static func graph(_ outline: GraphOutline) -> JSONLine {
    var line = JSONLine(event: "graph")
    line.add(
      "nodes",
      outline.nodes.map { node in
        var members: [(String, CBORItem)] = [
          ("name", .text(node.name)), ("kind", .text(node.shape.rawValue)),
        ]
        if let task = node.task { members += Self.place(of: task) }
        let tags = (node.task?.attributes.tags ?? []) + node.attributes.tags
        if !tags.isEmpty { members.append(("tags", .array(tags.map { .text($0) }))) }
        if let backend = node.backend { members.append(("backend", .text(backend))) }
        if let region = node.region { members.append(("region", .unsigned(UInt64(region)))) }
        members.append(("leaf", .bool(node.isLeaf)))
        return members
      })
    line.add(
      "edges",
      outline.edges.map { edge in
        var members: [(String, CBORItem)] = [
          ("source", .unsigned(UInt64(edge.source))), ("target", .unsigned(UInt64(edge.target))),
        ]
        if !edge.label.isEmpty { members.append(("parameter", .text(edge.label))) }
        return members
      })
    line.add(
      "regions",
      outline.regions.map { region in
        var members: [(String, CBORItem)] = [("kind", .text(region.kind.rawValue))]
        if let outer = region.outer { members.append(("region", .unsigned(UInt64(outer)))) }
        return members
      })
    return line
  }

  static func place(of task: TaskDefinition) -> [(String, CBORItem)] {
    [
      ("task", .text(task.id.description)), ("file", .text(task.id.fileID)),
      ("line", .unsigned(UInt64(max(0, task.line)))),
    ]
  }
}
