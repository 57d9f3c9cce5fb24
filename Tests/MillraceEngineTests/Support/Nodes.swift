import Millrace
import Synchronization

/// Notes which bodies ran, in the order in which they began.
final class Calls: Sendable {
  private let noted = Mutex<[String]>([])

  var names: [String] { noted.withLock { $0 } }
  func note(_ name: String) { noted.withLock { $0.append(name) } }
  func count(_ name: String) -> Int { names.count { $0 == name } }

  /// What was noted since the last call.
  func take() -> [String] {
    noted.withLock { names in
      defer { names = [] }
      return names
    }
  }
}

/// A node of a task that a test makes as it likes; by default it adds its inputs, and 1.
func node(
  _ name: String, _ inputs: [Node<Int>] = [], _ attributes: TaskAttributes = TaskAttributes(),
  fingerprint: Fingerprint = .none, calls: Calls? = nil,
  body: @escaping @Sendable ([Int], TaskContext) throws -> Int = { inputs, _ in
    inputs.reduce(1, +)
  }
) -> Node<Int> {
  let count = inputs.count
  return call(
    TaskDefinition(
      __id: identity(name, inputs: count), attributes: attributes, fingerprint: fingerprint,
      usedNames: [], line: 0, parameters: parameters(count), output: .__stored(Int.self, "Int"),
      sync: { values in
        calls?.note(name)
        return try body((0..<count).map { values[$0, as: Int.self] }, values.context)
      }),
    inputs)
}

/// As ``node(_:_:_:fingerprint:calls:body:)`` with an asynchronous body.
func asyncNode(
  _ name: String, _ inputs: [Node<Int>] = [], _ attributes: TaskAttributes = TaskAttributes(),
  calls: Calls? = nil, body: @escaping @Sendable ([Int], TaskContext) async throws -> Int
) -> Node<Int> {
  let count = inputs.count
  return call(
    TaskDefinition(
      __id: identity(name, inputs: count), attributes: attributes, fingerprint: .none,
      usedNames: [], line: 0, parameters: parameters(count), output: .__stored(Int.self, "Int"),
      async: { values in
        calls?.note(name)
        return try await body((0..<count).map { values[$0, as: Int.self] }, values.context)
      }),
    inputs)
}

private func identity(_ name: String, inputs: Int) -> TaskID {
  TaskID(
    fileID: "Tests/Nodes.swift", path: name,
    parameterTypes: Array(repeating: "Int", count: inputs))
}

private func parameters(_ count: Int) -> [TaskDefinition.Parameter] {
  (0..<count).map { .__parameter("p\($0)", Int.self, "Int") }
}

private func call(_ definition: TaskDefinition, _ inputs: [Node<Int>]) -> Node<Int> {
  // Definitions of expanded code are global constants, and so live for ever; these must as well.
  _ = Unmanaged.passRetained(definition)
  return definition.__call { call in
    for input in inputs { call.bind(input) }
  }
}

extension RunOptions {
  /// Options with some of them set.
  static func with(_ change: (inout RunOptions) -> Void) -> RunOptions {
    var options = RunOptions()
    change(&options)
    return options
  }
}
