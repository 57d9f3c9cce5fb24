import Synchronization
import Testing

@testable import MillraceCLI

struct ConsoleTests {
  @Test func `a line gets the newline that it lacks`() {
    let paper = Paper()
    let console = paper.console()
    console.print("one")
    console.print("two\n")
    console.print("")
    console.complain("wrong")
    #expect(paper.text(.output) == "one\ntwo\n\n")
    #expect(paper.text(.error) == "wrong\n")
  }

  @Test func `a reader that has gone is left alone and missed by nobody`() {
    let writes = Mutex(0)
    let console = Console { stream, _ throws(Console.Failure) in
      guard stream == .output else { return }
      writes.withLock { $0 += 1 }
      throw .closed
    }
    console.print("one")
    console.print("two")
    #expect(writes.withLock { $0 } == 1)
    #expect(console.status == .success)
  }

  @Test func `a full disk is an error`() {
    let errors = Mutex("")
    let console = Console { stream, bytes throws(Console.Failure) in
      if stream == .output { throw .other("write: No space left on device") }
      errors.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
    }
    console.print("one")
    #expect(console.status == .failure)
    #expect(errors.withLock { $0 }.contains("No space left on device"))
  }

  @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
  func `whoever wants no colours gets none`(environment: [String: String]) {
    #expect(!Console.standard { environment[$0] }.isColoured)
  }
}
