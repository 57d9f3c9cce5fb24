public import MillraceEngine

extension RunResult {
  /// Names of the tasks whose body ran, in creation order.
  ///
  /// ```swift
  /// #expect(second.executedNames == ["train"])
  /// ```
  public var executedNames: [String] { names(.executed) }

  /// Names of the tasks whose value was known, in creation order.
  public var hitNames: [String] { names(.hit) }

  /// Names of the tasks in a state, in creation order.
  public func names(_ state: NodeReport.State) -> [String] {
    reports().filter { $0.state == state }.map(\.name)
  }
}
