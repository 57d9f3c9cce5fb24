// What code expanded by `@Task` on an actor calls, beside that of `TaskDefinition+Macro.swift`.
//
// For `@Task actor Counter { init(start: Int) { … }; @Task func add(_ n: Int) -> Int { … } }` the macro
// adds `$Counter(start:)`, as for any function, and inside of the actor
//
//     nonisolated static func $add(
//       _ instance: Node<Counter>, _ n: some TaskInput<Int>
//     ) -> Node<Int> {
//       unique.__call(on: instance) { $0.bind(n) }
//     }

extension TaskDefinition {
  /// Makes a node of a call on an instance, which is the first parameter; `bind` binds the others.
  ///
  /// The call starts after the one that was made before it on the same instance in the same graph.
  public func __call<Instance, Output>(
    on instance: Node<Instance>, returning type: Output.Type = Output.self,
    _ bind: (inout TaskCall) -> Void
  ) -> Node<Output> {
    let node: Node<Output> = __call { call in
      call.bind(instance)
      bind(&call)
    }
    let record = node.handle.record.original
    node.handle.arena.calls.append(record, on: record.instance)
    return node
  }
}

extension __OutputType {
  /// An instance: made anew in every run, and never shared by two nodes.
  public static func __instance(_ type: Value.Type, _ name: String) -> Self {
    Self(type: .uncoded(type, name: name), kind: .instance)
  }

  /// What a call on an instance returns. It depends on the calls before, so it is never cached.
  public static func __result(_ type: Value.Type, _ name: String) -> Self where Value: Codable {
    Self(type: .coded(type, name: name), kind: .method)
  }

  @_disfavoredOverload
  public static func __result(_ type: Value.Type, _ name: String) -> Self {
    Self(type: .uncoded(type, name: name), kind: .method)
  }
}

extension __OutputType<Void> {
  /// A call on an instance that returns nothing.
  public static func __result() -> Self {
    Self(type: .uncoded(Void.self, name: "Void"), kind: .method)
  }
}
