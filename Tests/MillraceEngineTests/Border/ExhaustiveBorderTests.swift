import Millrace
import MillraceTesting
import Testing

/// Every small graph with every assignment of its nodes to two processes, against a model of a few lines.
@Suite(.timeLimit(.minutes(10))) struct ExhaustiveBorderTests {
  /// What each process must have encoded and decoded, once each.
  struct Model {
    var near = CodingCounts()
    var far = CodingCounts()

    init(_ shape: BorderShape) {
      for node in 0..<shape.count {
        let name = "n\(node)"
        let consumers = shape.consumers(of: node)
        let isFar = shape.isFar(node)
        let crosses = consumers.contains { shape.isFar($0) != isFar }
        // A leaf is asked for, and so needed near.
        let isAskedFor = consumers.isEmpty && isFar
        // It is stored, or its bytes are part of a key.
        let isHashed =
          shape.isStored(node)
          || consumers.contains { shape.isStored($0) }
        if isFar {
          if crosses || isAskedFor || isHashed { far.encoded[name] = 1 }
          if crosses || isAskedFor { near.decoded[name] = 1 }
        } else {
          if crosses || isHashed { near.encoded[name] = 1 }
          if crosses { far.decoded[name] = 1 }
        }
      }
    }
  }

  private func check(_ shape: BorderShape, on backend: any Backend) async throws {
    let recipe = BorderRecipe(.shape(shape))
    let leaves = recipe.leaves(on: FarBackend(recipe: recipe))
    let result = try await Graph(leaves: leaves.map(\.erased)).run(
      on: backend, options: .with { $0.keepingValues = leaves.map(\.erased) })
    let near = CodingCounts.take(recipe.token)
    let far = try await FarProcess.shared.counts(recipe.token)
    let model = Model(shape)
    #expect(result.status == .succeeded && result.executed == shape.count, "\(shape)")
    #expect(near == model.near, "near, \(shape)")
    #expect(far == model.far, "far, \(shape)")
    for (leaf, node) in zip(leaves, shape.leaves) {
      #expect(try result.value(of: leaf).number == shape.value(of: node), "\(shape)")
    }
  }

  @Test(arguments: 1...4)
  func `exactly the values that cross, and leaves made far, are encoded`(
    count: Int
  ) async throws {
    for (index, shape) in BorderShape.all(count, storing: false).enumerated() {
      try await check(shape, on: BackendKind.all[index % BackendKind.all.count].backend)
    }
  }

  @Test(arguments: 1...3)
  func `stored values and values in keys are encoded once as well`(count: Int) async throws {
    for (index, shape) in BorderShape.all(count, storing: true).enumerated() {
      try await check(shape, on: BackendKind.all[index % BackendKind.all.count].backend)
    }
  }
}
