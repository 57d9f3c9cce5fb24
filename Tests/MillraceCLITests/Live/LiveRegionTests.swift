import MillraceCLI
import Synchronization
import Testing

@testable import MillraceCLI

struct LiveRegionTests {
  /// A terminal on which a region of some lines stands.
  private final class Stage: Sendable {
    struct State {
      var screen = TerminalScreen(columns: 20, rows: 10)
      var lines = ["state"]
      var isShown = true
      var isForgotten = false
      var writes = 0
    }

    let state = Mutex(State())

    func region() -> LiveRegion {
      let terminal = Terminal(
        size: { [self] in state.withLock { $0.isShown ? $0.screen.size : nil } },
        hasForgotten: { [self] in
          state.withLock { state in
            defer { state.isForgotten = false }
            return state.isForgotten
          }
        })
      return LiveRegion(on: terminal) { [self] bytes in
        state.withLock { state in
          state.screen.feed(bytes)
          state.writes += 1
        }
      } contents: { [self] _ in
        state.withLock(\.lines)
      }
    }

    var screen: [String] { state.withLock { $0.screen.lines } }
    var writes: Int { state.withLock(\.writes) }
  }

  private let stage = Stage()

  @Test func `nothing is written while nothing changes`() {
    let region = stage.region()
    region.refresh()
    #expect(stage.writes == 1)
    for _ in 0..<5 { region.refresh() }
    #expect(stage.writes == 1)
    stage.state.withLock { $0.lines = ["other"] }
    region.refresh()
    #expect(stage.writes == 2)
    #expect(stage.screen == ["", "other"])
  }

  @Test func `lines wait for a frame, and urgent ones bring one`() {
    let region = stage.region()
    region.refresh()
    #expect(region.print(Array("one\n".utf8), from: .output, isUrgent: false))
    #expect(stage.screen == ["", "state"])
    region.refresh()
    #expect(stage.screen == ["one", "", "state"])
    #expect(region.print(Array("two\n".utf8), from: .output, isUrgent: false))
    #expect(region.print(Array("wrong\n".utf8), from: .error, isUrgent: true))
    #expect(stage.screen == ["one", "two", "wrong", "", "state"])
    #expect(stage.writes == 3)
  }

  @Test func `much does not wait`() {
    let region = stage.region()
    region.refresh()
    let line = Array((String(repeating: "x", count: 999) + "\n").utf8)
    for _ in 0..<64 { _ = region.print(line, from: .output, isUrgent: false) }
    #expect(stage.writes == 1)
    for _ in 0..<3 { _ = region.print(line, from: .output, isUrgent: false) }
    #expect(stage.writes == 2)
  }

  @Test func `lines are printed at once where no region stands`() {
    stage.state.withLock { $0.lines = [] }
    let region = stage.region()
    region.refresh()
    #expect(region.print(Array("one\n".utf8), from: .output, isUrgent: false))
    #expect(stage.screen == ["one"])
    #expect(stage.state.withLock { $0.screen.isCursorVisible })
  }

  @Test func `unfinished lines of several do not mix, and none is lost`() {
    let region = stage.region()
    region.refresh()
    _ = region.print(Array("fir".utf8), from: .tasks, isUrgent: true)
    _ = region.print(Array("second\n".utf8), from: .output, isUrgent: true)
    _ = region.print(Array("st\nthird".utf8), from: .tasks, isUrgent: true)
    #expect(stage.screen == ["second", "first", "", "state"])
    region.close()
    #expect(stage.screen == ["second", "first", "third"])
    #expect(stage.state.withLock { $0.screen.isCursorVisible })
  }

  @Test func `a closed region takes nothing and draws nothing`() {
    let region = stage.region()
    region.refresh()
    region.close()
    #expect(!region.print(Array("late\n".utf8), from: .output, isUrgent: true))
    region.refresh()
    region.close()
    #expect(stage.screen.isEmpty)
    #expect(stage.writes == 2)
  }

  @Test func `a region leaves a terminal that is not its own, and comes back`() {
    let region = stage.region()
    region.refresh()
    stage.state.withLock { $0.isShown = false }
    region.refresh()
    #expect(stage.screen.isEmpty)
    #expect(stage.state.withLock { $0.screen.isCursorVisible })
    stage.state.withLock { $0.isShown = true }
    region.refresh()
    #expect(stage.screen == ["", "state"])
    #expect(stage.state.withLock { !$0.screen.isCursorVisible })
  }

  @Test func `a region that was removed for a stop hides the cursor again`() {
    let region = stage.region()
    region.refresh()
    // As the handler does, and then the shell.
    stage.state.withLock { state in
      state.screen.feed(Array("\r\u{1b}[J\u{1b}[?25hfg\r\n".utf8))
      state.isForgotten = true
    }
    region.refresh()
    #expect(stage.screen == ["fg", "", "state"])
    #expect(stage.state.withLock { !$0.screen.isCursorVisible })
  }
}
