public import MillraceGraph
public import MillraceStore

extension Graph {
  /// Works out what a run would do, without running anything.
  ///
  /// - Parameters:
  ///   - store: Where earlier results are looked up; nothing is written but remembered file digests.
  /// - Throws: ``PipelineError`` if the graph is wrong, a key cannot be computed, or a pattern of the
  ///   options matches nothing.
  public func plan(
    on backend: any Backend = .local, in store: ArtifactStore, options: RunOptions = RunOptions()
  ) async throws -> Plan {
    var options = options
    let graph = try options.applyQueries(to: self)
    options.seed = PluginCollection(options.plugins).seed ?? options.seed
    return try await Plan(graph, on: backend, in: store, options: options)
  }

  /// Plans and runs the graph.
  ///
  /// A failing task does not throw: the result says what became of each node. Call
  /// ``RunResult/get()`` on it to throw.
  ///
  /// - Parameters:
  ///   - backend: Where nodes run that no block puts elsewhere.
  ///   - store: Where artifacts are kept; `.inMemory()` for this process alone.
  /// - Throws: ``PipelineError`` if the run cannot begin, or its results cannot be written.
  @discardableResult
  public func run(
    on backend: any Backend = .local, in store: ArtifactStore = .inMemory(),
    options: RunOptions = RunOptions()
  ) async throws -> RunResult {
    var options = options
    options.describesPlan = false
    return try await plan(on: backend, in: store, options: options).run()
  }
}

extension Node {
  /// Runs what this node needs and returns its value.
  ///
  /// ```swift
  /// let top = try await $top(words).value(on: .dispatch(), in: .inMemory())
  /// ```
  ///
  /// - Throws: ``PipelineError``: the first failure, if something failed.
  public func value(
    on backend: any Backend = .local, in store: ArtifactStore = .inMemory(),
    options: RunOptions = RunOptions()
  ) async throws -> Value {
    var options = options
    options.keepingValues.append(erased)
    let graph = Graph(leaves: [erased])
    return try await graph.run(on: backend, in: store, options: options).get().value(of: self)
  }
}
