import Millrace
import Synchronization
import Testing

@testable import MillraceCLI

struct InterruptsTests {
  @Test(arguments: [(Int32(2), "Interrupted", Int32(130)), (15, "Terminated", 143)])
  func `the first signal ends the run and the second the process`(
    signal: Int32, word: String, status: Int32
  ) {
    let paper = Paper()
    let cancellation = Cancellation()
    let exits = Mutex<[Int32]>([])
    let interrupts = Interrupts(console: paper.console(), cancellation: cancellation) { status in
      exits.withLock { $0.append(status) }
    }
    #expect(interrupts.signal == nil)

    interrupts.receive(signal)
    #expect(cancellation.isCancelled)
    #expect(interrupts.signal == signal)
    #expect(exits.withLock { $0 }.isEmpty)
    #expect(paper.text(.error).hasPrefix("\(word): nothing new starts"))
    #expect(paper.text(.output).isEmpty)

    interrupts.receive(signal)
    #expect(exits.withLock { $0 } == [status])
  }
}
