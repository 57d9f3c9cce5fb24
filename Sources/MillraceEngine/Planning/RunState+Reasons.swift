extension RunState {
  /// Why a task ran for which the store was not asked, or had a result that could not be used.
  func reason(of node: Int) -> MissReason {
    if let input = unkeyedInputs[node] { return .noKey(input: input) }
    return switch table.roles[node] {
    case .off: .notCached
    case .transient, .twin: .transient
    default: .unreadable
    }
  }
}
