import Millrace
import Testing

/// The backends that every shared test is run on.
struct BackendKind: CustomTestStringConvertible {
  let backend: any Backend

  static let all: [BackendKind] = [
    BackendKind(backend: .local), BackendKind(backend: .dispatch(1)),
    BackendKind(backend: .dispatch(2)), BackendKind(backend: .dispatch(4)),
    BackendKind(backend: ThreadBackend()),
  ]

  /// Those on which several nodes can be in execution.
  static let wide: [BackendKind] = [
    BackendKind(backend: .dispatch(2)), BackendKind(backend: .dispatch(4)),
  ]

  var testDescription: String { backend.name }
}
