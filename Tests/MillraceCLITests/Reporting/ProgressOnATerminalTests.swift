import Foundation
import Testing

@testable import MillraceCLI

/// Runs of a real program on a real terminal.
///
/// Nothing here waits for a time: steps of the program wait for what they are told, and tests for what
/// appears on the screen.
@Suite(.timeLimit(.minutes(3)))
struct ProgressOnATerminalTests {
  /// Whether the terminal is as a person expects it after a run.
  private func checkEnd(_ run: GatedRun, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(run.screen.isCursorVisible, sourceLocation: sourceLocation)
    #expect(run.screen.doesWrap, sourceLocation: sourceLocation)
    #expect(run.screen.unknown.isEmpty, sourceLocation: sourceLocation)
    #expect(run.screen.column == 0, sourceLocation: sourceLocation)
    // Nothing of a region.
    let rests = run.screen.transcript.filter {
      $0.isEmpty || $0.hasPrefix("  ") || $0.contains("[")
    }
    #expect(rests.isEmpty, sourceLocation: sourceLocation)
  }

  /// A line of a node without its numbers.
  private func words(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init).filter {
      $0.contains(where: \.isLetter) && $0.count > 1
    }
  }

  @Test(arguments: [20, 40, 80, 200])
  func `what runs is shown, and what has run remains`(columns: Int) throws {
    let run = try GatedRun(["load", "clean", "train"], columns: columns)
    let modes = run.terminal.modes
    #expect(run.wait(forDone: "0/3"))
    #expect(run.screen.lines.first == "")
    let shown = run.screen.lines.dropFirst().dropLast()
    #expect(Set(shown.flatMap { words($0).prefix(1) }) == ["load", "clean", "train"])
    #expect(!run.screen.isCursorVisible)

    run.tell("clean", "end")
    #expect(run.wait(forDone: "1/3"))
    #expect(words(run.screen.transcript[0]).first == "executed")
    #expect(run.screen.transcript[0].hasSuffix("clean"))
    run.tell("load", "end")
    run.tell("train", "end")
    #expect(run.terminal.end() == 0)
    checkEnd(run)
    let transcript = run.screen.transcript
    #expect(transcript.count == 4)
    #expect(Set(transcript.prefix(3).compactMap { words($0).last }) == ["load", "clean", "train"])
    #expect(transcript.last?.hasPrefix("3 nodes: 3 executed, 0 hits, 0 failed in ") == true)
    #expect(run.terminal.modes == modes)
  }

  @Test func `what tasks and their programs print stands above the region, whole`() throws {
    let run = try GatedRun(["a", "b"])
    #expect(run.wait(forDone: "0/2"))
    run.tell(
      "a", "print one", "system echo two; echo three >&2", "begin fo", "print ur", "log five")
    #expect(run.terminal.wait(forLine: "four"))
    #expect(run.terminal.wait(forLine: "five"))
    run.tell("b", "complain six")
    #expect(run.terminal.wait(forLine: "six"))
    for number in 0..<30 { run.tell("b", "print line \(number)") }
    #expect(run.terminal.wait(forLine: "line 29"))
    #expect(run.terminal.wait { $0.lines.last?.contains("0/2") == true })
    run.tell("a", "end")
    run.tell("b", "begin seven", "end")
    #expect(run.terminal.end() == 0)
    checkEnd(run)
    let transcript = run.screen.transcript
    for line in ["one", "two", "three", "four", "a | five", "six", "seven"] {
      #expect(transcript.count { $0 == line } == 1, "\(line)")
    }
    #expect(transcript.filter { $0.hasPrefix("line ") } == (0..<30).map { "line \($0)" })
  }

  @Test func `much that is printed at the end is there when the run has ended`() throws {
    let run = try GatedRun(["a"])
    #expect(run.wait(forDone: "0/1"))
    run.tell("a", "system seq 1 20000", "end")
    #expect(run.terminal.end() == 0)
    checkEnd(run)
    let transcript = run.screen.transcript
    let isWhole = transcript.compactMap { Int($0) } == Array(1...20_000)
    #expect(isWhole)
    #expect(transcript.count == 20_002)
    #expect(transcript.last?.hasPrefix("1 node: ") == true)
  }

  @Test func `a program that is left behind does not hold up the end`() throws {
    let run = try GatedRun(["a", "b"])
    #expect(run.wait(forDone: "0/2"))
    mkfifo("\(run.folder.path)/never", 0o600)
    run.tell(
      "a", "system (cat \(run.folder.path)/never; echo late) </dev/null 2>/dev/null &", "end")
    run.tell("b", "end")
    #expect(run.terminal.wait(forLine: "2 nodes: 2 executed"))
    let never = open("\(run.folder.path)/never", O_RDWR)
    close(never)
    #expect(run.terminal.end() == 0)
    checkEnd(run)
  }

  @Test(arguments: [(40, 24), (20, 24), (120, 24), (60, 8), (30, 5), (90, 40)])
  func `a terminal may change its size at any time`(columns: Int, rows: Int) throws {
    let names = ["first-step-with-a-long-name", "second-step-with-a-long-name", "third"]
    let run = try GatedRun(names, columns: 70, rows: 16)
    #expect(run.wait(forDone: "0/3"))
    run.terminal.resize(columns: columns, rows: rows)
    run.tell("third", "print after", "end")
    #expect(run.wait(forDone: "1/3"))
    run.terminal.resize(columns: 70, rows: 16)
    run.tell(names[0], "end")
    #expect(run.wait(forDone: "2/3"))
    #expect(run.screen.lines.suffix(2).first?.contains(names[1]) == true)
    run.tell(names[1], "end")
    #expect(run.terminal.end() == 0)
    checkEnd(run)
    #expect(run.screen.transcript.count == 5)
    #expect(run.screen.transcript.contains("after"))
  }

  @Test func `a list makes more to do when it is known`() throws {
    let run = try GatedRun(["a", "list"], elements: ["x", "y", "z"])
    #expect(run.wait(forDone: "0/2+"))
    run.tell("list", "end x y z")
    #expect(run.wait(forDone: "1/5"))
    for name in ["x", "y", "z"] { run.tell(name, "end") }
    #expect(run.wait(forDone: "4/5"))
    run.tell("a", "end")
    #expect(run.terminal.end() == 0)
    checkEnd(run)
  }

  @Test func `hits are counted and not listed`() throws {
    let folder = try TemporaryFolder()
    let first = try GatedRun(["a", "b"], in: folder)
    for name in ["a", "b"] { first.tell(name, "end") }
    #expect(first.terminal.end() == 0)
    let second = try GatedRun(["a", "b", "c"], in: folder)
    #expect(second.wait(forDone: "2/3"))
    #expect(second.screen.lines.last?.contains("1 running, 2 hits") == true)
    second.tell("c", "end")
    #expect(second.terminal.end() == 0)
    checkEnd(second)
    #expect(second.screen.transcript.count == 2)
    #expect(
      second.screen.transcript.last?.hasPrefix("3 nodes: 1 executed, 2 hits, 0 failed") == true)
  }

  @Test func `an interrupt is said, shown and obeyed`() throws {
    let run = try GatedRun(["a", "b"])
    let modes = run.terminal.modes
    #expect(run.wait(forDone: "0/2"))
    run.terminal.type("\u{3}")
    #expect(run.terminal.wait(forLine: "Interrupted: nothing new starts"))
    #expect(run.terminal.wait { $0.lines.last?.contains("ending") == true })
    run.tell("a", "end")
    run.tell("b", "end")
    #expect(run.terminal.end() == 130)
    checkEnd(run)
    #expect(run.screen.transcript.last?.hasPrefix("2 nodes: ") == true)
    #expect(run.terminal.modes == modes)
  }

  @Test func `a second interrupt leaves a clean terminal at once`() throws {
    let run = try GatedRun(["a", "b"])
    #expect(run.wait(forDone: "0/2"))
    run.terminal.type("\u{3}")
    #expect(run.terminal.wait(forLine: "Interrupted: nothing new starts"))
    #expect(run.terminal.wait { $0.lines.last?.contains("ending") == true })
    run.terminal.type("\u{3}")
    #expect(run.terminal.end() == 130)
    #expect(run.screen.isCursorVisible)
    #expect(run.screen.transcript.count <= 3)
    #expect(!run.screen.transcript.contains { $0.contains("ending") })
  }

  @Test(arguments: [("trap the boiler", "the boiler"), ("abort", "before"), ("exit", "before")])
  func `a task that ends the process leaves its message, what it printed, and a clean terminal`(
    command: String, message: String
  ) throws {
    let run = try GatedRun(["a", "b"])
    #expect(run.wait(forDone: "0/2"))
    run.tell("a", "print before", command)
    let status = run.terminal.end()
    if command == "exit" { #expect(status == 3) } else { #expect(status > 128) }
    #expect(run.screen.isCursorVisible)
    #expect(run.screen.transcript.contains("before"))
    #expect(run.screen.transcript.contains { $0.contains(message) })
    #expect(!run.screen.transcript.contains { $0.contains("0/2") })
  }

  /// What has been printed last is on its way in one of two threads when the process ends.
  @Test(arguments: 0..<30)
  func `nothing is lost between what is on its way and what waits`(round: Int) throws {
    let run = try GatedRun(["a", "b"])
    #expect(run.wait(forDone: "0/2"))
    run.tell("a", "print before", "exit")
    #expect(run.terminal.end() == 3)
    #expect(run.screen.transcript == ["before"])
  }

  @Test func `a run that is stopped gives the terminal back, and takes it again`() throws {
    let run = try GatedRun(["a", "b"])
    #expect(run.wait(forDone: "0/2"))
    run.terminal.type("\u{1a}")
    run.terminal.awaitStop()
    #expect(run.terminal.wait { $0.isCursorVisible })
    #expect(!run.screen.lines.contains { $0.contains("0/2") })
    run.terminal.signal(SIGCONT)
    #expect(run.terminal.wait { !$0.isCursorVisible && $0.lines.last?.contains("0/2") == true })
    run.tell("a", "end")
    run.tell("b", "end")
    #expect(run.terminal.end() == 0)
    #expect(run.screen.isCursorVisible)
  }

  @Test(arguments: [["TERM": "dumb"], ["TERM": ""], ["CI": "true"]])
  func `where lines cannot be redrawn they are plain`(environment: [String: String]) throws {
    let run = try GatedRun(["a", "b"], environment: environment.merging(["NO_COLOR": "1"]) { $1 })
    run.tell("a", "print one", "end")
    run.tell("b", "end")
    #expect(run.terminal.end() == 0)
    #expect(!run.terminal.bytes.contains(0x1b))
    #expect(run.screen.transcript.count == 4)
  }

  @Test func `without colours there is a region all the same`() throws {
    let run = try GatedRun(["a", "b"], environment: ["NO_COLOR": "1"])
    #expect(run.wait(forDone: "0/2"))
    run.tell("a", "end")
    run.tell("b", "fail it is cold")
    #expect(run.terminal.end() == 1)
    let text = String(decoding: run.terminal.bytes, as: UTF8.self)
    #expect(!text.contains(/\u{1b}\[[0-9;]*m/))
    #expect(run.screen.transcript.contains("Error: Node 'b' failed: it is cold"))
  }

  @Test(arguments: ["--quiet", "--json"])
  func `who wants less gets no region`(option: String) throws {
    let run = try GatedRun(["a"], options: [option])
    run.tell("a", "end")
    #expect(run.terminal.end() == 0)
    #expect(!run.terminal.bytes.contains(0x1b))
    #expect(run.screen.transcript.isEmpty == (option == "--quiet"))
  }

  @Test func `many nodes take few lines`() throws {
    let names = (1...30).map { "step\($0)" }
    let run = try GatedRun(names, columns: 60, rows: 24)
    #expect(run.terminal.wait(forLine: "… and 24 more"))
    #expect(run.screen.lines.count == 9)
    #expect(run.screen.lines.last?.contains("0/30  30 running") == true)
    for name in names { run.tell(name, "end") }
    #expect(run.terminal.end() == 0)
    checkEnd(run)
    #expect(run.screen.transcript.count == 31)
  }
}
