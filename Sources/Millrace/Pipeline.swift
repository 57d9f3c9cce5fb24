public import MillraceEngine
public import MillraceGraph
public import MillraceStore

/// A named, parameterised description of a graph.
///
/// ```swift
/// struct Words: Pipeline {
///   var folder: String
///   var body: Graph {
///     let counts = ForEach($listFiles(InputDirectory(folder))) { $countWords($0) }
///     $merge(counts).named("counts")
///   }
/// }
///
/// let result = try await Words(folder: "docs").run(on: .dispatch(), in: .open(at: ".millrace"))
/// ```
///
/// Conform to `PipelineCommand` of `MillraceCLI` to get an executable.
///
/// A pipeline is a ``SubPipeline`` whose results are leaves: written as a statement of another one's
/// body, it asks for them there.
public protocol Pipeline: SubPipeline where Output == Graph {
  /// The first part of the names of its results, `flight-delays` in `flight-delays/report`. By default
  /// the type's name in lower case with hyphens.
  static var pipelineName: String { get }

  /// What is asked for: each statement that is a node is a leaf, and what no leaf needs does not run.
  ///
  /// Use ``graph()`` to get the graph.
  @GraphBuilder var body: Graph { get }
}

extension Pipeline {
  /// The pipeline's graph, made anew.
  public func graph() -> Graph { Graph { body } }

  /// The nodes of the pipeline's graph that match a pattern; see ``MillraceGraph/Query``.
  ///
  /// What follows is a graph of its own. To run the pipeline under its name, say the same with
  /// ``MillraceEngine/RunOptions/query(_:_:)``.
  ///
  /// - Throws: ``PipelineError`` with code `unknownNode` if nothing matches.
  public func query(_ pattern: String) throws -> Query { try graph().query(pattern) }

  /// Works out what a run would do; see ``MillraceGraph/Graph/plan(on:in:options:)``.
  public func plan(
    on backend: any Backend = .local, in store: ArtifactStore, options: RunOptions = RunOptions()
  ) async throws -> Plan {
    try await graph().plan(on: backend, in: store, options: named(options))
  }

  /// Plans and runs; see ``MillraceGraph/Graph/run(on:in:options:)``.
  @discardableResult
  public func run(
    on backend: any Backend = .local, in store: ArtifactStore = .inMemory(),
    options: RunOptions = RunOptions()
  ) async throws -> RunResult {
    try await graph().run(on: backend, in: store, options: named(options))
  }

  private func named(_ options: RunOptions) -> RunOptions {
    var options = options
    options.pipeline = Self.pipelineName
    return options
  }
}

/// `FlightDelays` as `flight-delays`, `HTTPLog` as `http-log`; the arguments of a generic type are left
/// out.
func hyphenated(_ name: String) -> String {
  let characters = Array(name.prefix { $0 != "<" })
  var result = ""
  for (index, character) in characters.enumerated() {
    if character.isUppercase, index > 0 {
      let followsWord = !characters[index - 1].isUppercase
      let beginsWord = index + 1 < characters.count && characters[index + 1].isLowercase
      if followsWord || beginsWord { result += "-" }
    }
    result += character.lowercased()
  }
  return result
}
