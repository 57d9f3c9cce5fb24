import Testing

@testable import MillraceCLI

struct BackendChoiceTests {
  @Test(arguments: [
    ("local", BackendChoice.local), ("dispatch", .dispatch(width: nil)),
    ("dispatch:1", .dispatch(width: 1)), ("dispatch:1024", .dispatch(width: 1024)),
  ])
  func `a backend has one spelling`(text: String, choice: BackendChoice) throws {
    #expect(try BackendChoice(text) == choice)
  }

  @Test(arguments: ["", "Local", "turbo", "local:2", "dispatch 2"])
  func `an unknown backend names those there are`(text: String) {
    #expect(
      throws: Settings.Problem(
        "'\(text)' is no backend; use 'local', 'dispatch' or 'dispatch:N' with N workers.")
    ) { try BackendChoice(text) }
  }

  @Test(arguments: ["0", "-1", "+1", "1025", "", "two", "1:2", "99999999999999999999"])
  func `a senseless width names the range`(width: String) {
    #expect(
      throws: Settings.Problem(
        "'\(width)' is no number of workers; use 'dispatch:N' with N from 1 to 1024, or 'dispatch' for all cores."
      )
    ) { try BackendChoice("dispatch:\(width)") }
  }

  @Test func `a choice makes its backend`() {
    #expect(BackendChoice.local.backend.name == "local")
    #expect(BackendChoice.dispatch(width: 3).backend.name == "dispatch:3")
  }
}
