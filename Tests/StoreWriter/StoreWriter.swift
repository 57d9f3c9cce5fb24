import Millrace
import MillraceStore

/// A process that tests start to kill it: it works on a store, and says what it did.
///
///     StoreWriter save|run|gc STORE POLICY DEATH
///       [--marks] [--wait] [--pipeline NAME] [--wide] [--rounds N]
///
/// `save` saves results one by one, `run` runs a pipeline, `gc` cleans up, time and again. It says, a line each: `ready` and then waits
/// for a line, with `--wait`; `ran N` when the body of a node begins; `durable N` when a result was
/// reported to be safe; `warning …`; `freed N` after each clean-up; and in the end `done` and the number of its calls.
@main
enum StoreWriter {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 4, let death = DyingDisk.Death(arguments[3]) else {
      say("usage: StoreWriter save|run STORE POLICY DEATH")
      return
    }
    func value(_ option: String) -> String? {
      arguments.firstIndex(of: option).map { arguments[$0 + 1] }
    }
    var options = StoreOptions()
    options.onWarning = { say("warning \($0)") }
    options.syncPolicy = arguments[2] == "every" ? .every : .batched
    if arguments.contains("--wait") {
      say("ready")
      _ = readLine()
    }
    let disk = DyingDisk(death: death, isMarking: arguments.contains("--marks"))
    let store = try ArtifactStore(
      storage: .disk(at: arguments[1], on: disk), options: options)
    switch arguments[0] {
    case "save": try Saving(store: store, isEvery: options.syncPolicy == .every).perform()
    case "gc":
      for _ in 0..<(value("--rounds").flatMap { Int($0) } ?? 1) {
        let report = try store.collectGarbage(RetentionPolicy(keepLast: 1))
        say("freed \(report.freed)")
      }
    default:
      try await run(
        value("--pipeline") ?? "parts", on: arguments.contains("--wide") ? .dispatch(2) : .local,
        in: store, saysDurable: options.syncPolicy == .every)
    }
    try store.close()
    say("done \(disk.callCount)")
  }

  private static func run(
    _ pipeline: String, on backend: any Backend, in store: ArtifactStore, saysDurable: Bool
  ) async throws {
    var options = RunOptions()
    options.pipeline = pipeline
    if saysDurable { options.observers = [DurableNodes()] }
    let result = try await Parts.graph(pipeline).run(on: backend, in: store, options: options)
    try result.get()
    for report in result.reports() { say("durable \(report.name)") }
  }
}

/// With `.every` a node has ended when its result is safe.
private struct DurableNodes: RunObserver {
  func receive(_ event: RunEvent) {
    guard case .nodeFinished(let report) = event, report.state == .executed else { return }
    say("durable \(report.name)")
  }
}

/// Results one by one; every other one is an object.
private struct Saving {
  let store: ArtifactStore
  let isEvery: Bool

  func perform() throws {
    var waiting: [Int] = []
    for number in 0..<10 {
      let key = Key(.sha256([UInt8(number)]))
      guard store.find(key) == nil else { continue }
      let bytes = [UInt8](repeating: UInt8(number), count: number % 2 == 0 ? 100 : 20_000)
      let facts = ArtifactFacts(
        codec: "bytes/1", encodedParts: [0xa0], task: "Saving", node: "\(number)")
      let record = try bytes.withUnsafeBytes { try store.save($0, for: key, facts: facts) }
      waiting.append(number)
      if isEvery { sayDurable(&waiting) }
      try store.bind("saved/\(number)", to: record)
      guard number % 4 == 3 else { continue }
      try store.flush()
      sayDurable(&waiting)
    }
    try store.close()
    sayDurable(&waiting)
  }

  private func sayDurable(_ waiting: inout [Int]) {
    for number in waiting { say("durable \(number)") }
    waiting = []
  }
}
