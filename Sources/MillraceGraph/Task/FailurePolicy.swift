/// What happens to the rest of a run when a node fails.
public enum FailurePolicy: Hashable, Sendable {
  /// Nothing new starts; what runs may end.
  case failFast
  /// Everything that does not need the failed node goes on.
  case keepGoing
}
