public import Millrace

/// Searches a folder of texts, for as long as its owner likes.
///
///     folder ─▶ listTexts ─▶ for each file: readSections ─▶ index      at `reload()`; kept in the store
///                                                             │
///     query ──▶ tokenize ─────────────────────────────────▶ score ─▶ best      per request; kept nowhere
///
/// The index is made by one graph, whose results are in the store: after a restart, or a change of a file,
/// only what is new is read. Its value stays in memory, and is a constant of the graph that each request is.
/// Those have a store of their own, in memory and gone with them, and tasks with `cache: .off`, so that a
/// service that answers for a year has as large a store as one that answers once.
public actor SearchService {
  private let folder: InputDirectory
  private let store: ArtifactStore
  private let backend: any Backend
  private let timeLimit: Duration
  private let requestOptions: RunOptions
  private var index = SearchIndex([])
  private var running: [String: Cancellation] = [:]

  /// How many sections are searched.
  public var sectionCount: Int { index.places.count }

  /// A service that knows nothing until ``reload(observers:)``.
  ///
  /// - Parameters:
  ///   - folder: The folder with texts, `*.md`; folders in it count too.
  ///   - store: Where the index is kept. It stays open, and may be used for other things at once.
  ///   - backend: Where the index is made. Requests are short chains, which run one node at a time.
  ///   - timeLimit: How long the scoring of one request may take.
  ///   - requestOptions: How requests are run.
  public init(
    folder: String, store: ArtifactStore, backend: any Backend = .dispatch(),
    timeLimit: Duration = .seconds(2), requestOptions: RunOptions = RunOptions()
  ) {
    self.folder = InputDirectory(folder)
    self.store = store
    self.backend = backend
    self.timeLimit = timeLimit
    self.requestOptions = requestOptions
  }

  /// Brings the index up to date. Requests meanwhile are answered by the one before.
  ///
  /// - Throws: ``PipelineError`` if a text cannot be read, for instance; the index then stays as it is.
  /// - Returns: How the run ended: `executed` tasks ran, `hits` had their result in the store.
  @discardableResult
  public func reload(observers: [any RunObserver] = []) async throws -> RunResult {
    let sections = ForEach($listTexts(in: folder), naming: \.path) { $readSections(of: $0) }
    let index = $makeIndex(of: sections).named("index")
    var options = RunOptions()
    options.pipeline = "search"
    options.observers = observers
    options.keepingValues = [index.erased]
    let result = try await Graph { index }.run(on: backend, in: store, options: options).get()
    self.index = try result.value(of: index)
    return result
  }

  /// Answers a request. Any number may be asked at once.
  ///
  /// What goes wrong is an answer too, so that no request ends the service.
  public func answer(_ request: Request) async -> Answer {
    guard running[request.id] == nil else {
      return Answer(id: request.id, error: "a request with this id is being answered")
    }
    var options = requestOptions
    options.cancellation = Cancellation()
    running[request.id] = options.cancellation
    defer { running[request.id] = nil }

    let index = Node(Constant(index))
    let scores = $score($tokenize(request.query), in: index).timeout(timeLimit)
    let best = $best(request.limit ?? 5, of: scores, in: index)
    do {
      return Answer(id: request.id, hits: try await best.value(on: .local, options: options))
    } catch {
      return Answer(id: request.id, error: sentence(for: error))
    }
  }

  /// Ends a request, which is then answered with an error. One that is unknown, or answered, is none.
  public func cancel(_ id: String) { running[id]?.cancel() }

  private func sentence(for error: any Error) -> String {
    switch (error as? PipelineError)?.code {
    case .cancelled?: "the request was cancelled"
    case .timedOut?: "the request took longer than \(timeLimit)"
    default: "\((error as? PipelineError)?.cause ?? error)"
    }
  }
}
