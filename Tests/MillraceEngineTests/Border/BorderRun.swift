import Millrace
import Testing

/// What became of a recipe's graph, and what was encoded and decoded on each side.
struct BorderRun {
  var result: RunResult
  var leaves: [Node<Tracked>]
  var near: CodingCounts
  var far: CodingCounts

  /// - Parameters:
  ///   - backend: Where nodes run that are not far; nil for the far backend itself.
  ///   - keeps: Whether the leaves' values are asked for.
  static func of(
    _ recipe: BorderRecipe, on backend: (any Backend)? = .local,
    in store: ArtifactStore = .inMemory(), process: FarProcess = .shared, keeps: Bool = true,
    options: RunOptions = RunOptions()
  ) async throws -> BorderRun {
    let far = FarBackend(recipe: recipe, process: process)
    let farther = FarBackend(recipe: recipe, process: process, name: "farther")
    let leaves = recipe.leaves(on: far, and: farther)
    var options = options
    if keeps { options.keepingValues = leaves.map(\.erased) }
    let result = try await Graph(leaves: leaves.map(\.erased)).run(
      on: backend ?? far, in: store, options: options)
    let counts = process === FarProcess.shared ? try await process.counts(recipe.token) : nil
    return BorderRun(
      result: result, leaves: leaves, near: CodingCounts.take(recipe.token),
      far: counts ?? CodingCounts())
  }

  /// The leaves' numbers.
  func numbers() throws -> [Int] { try leaves.map { try result.get().value(of: $0).number } }
}
