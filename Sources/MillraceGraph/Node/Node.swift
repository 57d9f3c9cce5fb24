/// The typed handle of a value that a run will compute: one call of a task in a graph.
///
/// A node is immutable and cheap to copy. It can be used in several graphs, run many times and
/// passed between threads. Reading a member gives a node of that member:
///
/// ```swift
/// let model = $train(rows)        // Node<Model>
/// let weights = model.weights     // Node<[Double]>, keyed by the weights alone
/// ```
@dynamicMemberLookup
@frozen public struct Node<Value: Sendable>: Sendable {
  @usableFromInline let handle: AnyNode

  @usableFromInline
  init(_ handle: AnyNode) { self.handle = handle }

  /// The handle without its type.
  public var erased: AnyNode { handle }

  /// A member of the value. Consumers are keyed by the member's value, so that a change elsewhere in
  /// the value does not concern them.
  public subscript<Member: Codable & Sendable>(
    dynamicMember member: any KeyPath<Value, Member> & Sendable
  ) -> Node<Member> {
    projection(.coded(Member.self), MemoryLayout<Value>.offset(of: member)) { $0[keyPath: member] }
  }

  /// A member that cannot be encoded: its consumers have no key and run in every run.
  @_disfavoredOverload
  public subscript<Member: Sendable>(
    dynamicMember member: any KeyPath<Value, Member> & Sendable
  ) -> Node<Member> {
    projection(.uncoded(Member.self), MemoryLayout<Value>.offset(of: member)) {
      $0[keyPath: member]
    }
  }

  /// - Parameter offset: Where a stored member lies. Names of nodes tell members apart by type and
  ///   offset, since a key path's printed form is not the same in every process.
  private func projection<Member: Sendable>(
    _ type: ValueType, _ offset: Int?, _ read: @escaping @Sendable (Value) -> Member
  ) -> Node<Member> {
    let definition = TaskDefinition(
      id: TaskID(
        fileID: "Millrace", path: TaskID.member,
        parameterTypes: ["\(type.name)", "\(offset ?? -1)"]),
      attributes: TaskAttributes(cache: .off),
      parameters: [.init(name: "value", type: .uncoded(Value.self))], output: type,
      kind: .projection,
      body: .sync { inputs, cell in
        Cell.initialize(cell, to: read(inputs[0, as: Value.self]))
      })
    return definition.__call { $0.bind(self) }
  }
}
