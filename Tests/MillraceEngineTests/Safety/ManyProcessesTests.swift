import Foundation
import Millrace
import Testing

@testable import MillraceStore

/// Processes that use one store at once.
@Suite(.timeLimit(.minutes(10))) struct ManyProcessesTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("store") }

  init() throws { folder = try TemporaryFolder() }

  private func read() throws -> ArtifactStore { try .open(at: path, readOnly: true) }

  private func check(_ pipeline: String, in store: ArtifactStore) throws {
    let names = store.names().filter { $0.name.hasPrefix("\(pipeline)/") }
    #expect(names.count == 9)
    for binding in names { #expect(try !store.load(binding).isEmpty) }
    let total = try #require(store.resolve("\(pipeline)/total"))
    #expect(try CBOR.decode(Int.self, from: store.load(total)) == 3 * 5000 + 5 * 5)
  }

  /// Whether a clean-up could begin: nobody holds the lock.
  private func isUnlocked() throws -> Bool {
    let disk = SystemDisk()
    let file = try disk.openToLock("\(path)/lock")
    defer { disk.closeFile(file) }
    return flock(file, LOCK_EX | LOCK_NB) == 0
  }

  @Test(arguments: ["batched", "every"])
  func `eight processes that make one store lose nothing, and one that dies holds up nobody`(
    policy: String
  ) throws {
    // Four share a pipeline, four have their own. The first dies where it holds the store's lock, after an
    // object and in the middle of its record.
    let pipelines = ["dying", "own1", "own2", "own3"] + Array(repeating: "shared", count: 4)
    let death = policy == "every" ? "insideLog:1" : "insideLog:0"
    let writers = try pipelines.map { pipeline in
      try WriterProcess(
        ["run", path, policy] + (pipeline == "dying" ? [death] : ["never", "--wide"])
          + ["--wait", "--pipeline", pipeline])
    }
    for writer in writers { #expect(writer.line() == "ready") }
    for writer in writers { writer.goOn() }
    for (pipeline, writer) in zip(pipelines, writers) {
      let lines = writer.lines()
      let isDying = pipeline == "dying"
      #expect(writer.wait() == (isDying ? .signalled(SIGKILL) : .exited(0)), "\(lines)")
      #expect(lines.after("warning").allSatisfy { $0.contains("unfinished record") }, "\(lines)")
      #expect(lines.after("durable").isEmpty == isDying)
    }
    #expect(try isUnlocked())
    let store = try read()
    for pipeline in Set(pipelines) where pipeline != "dying" { try check(pipeline, in: store) }
    #expect(store.warnings.map(\.code) == [.tornTail])
    #expect(store.conflicts().isEmpty)
    // Who comes later finds done what was done, and does the rest.
    for pipeline in Set(pipelines) {
      let late = try WriterProcess(["run", path, policy, "never", "--pipeline", pipeline])
      let lines = late.lines()
      #expect(late.wait() == .exited(0))
      #expect(lines.after("ran").isEmpty == (pipeline != "dying"))
    }
    try store.refresh()
    try check("dying", in: store)
  }

  @Test func `who opens in the middle of a record neither sees it nor harms it`() throws {
    // The second write to the segment, which begins with a run's start, has the results.
    let writer = try WriterProcess(["run", path, "every", "pauseInsideLog:1"])
    var line = writer.line()
    while line != nil, line != "half" { line = writer.line() }
    #expect(line == "half")
    let segment = try #require(folder.files().first { $0.hasPrefix("store/log/") })
    let half = try folder.read(segment)

    let reader = try read()
    #expect(reader.names().isEmpty && reader.warnings.isEmpty)
    #expect(reader.runs().count == 1, "the record before it is there")
    let other = try WriterProcess(["run", path, "batched", "never", "--pipeline", "other"])
    let lines = other.lines()
    #expect(other.wait() == .exited(0) && lines.after("warning").isEmpty)
    try reader.refresh()
    try check("other", in: reader)
    #expect(reader.names().count == 9 && reader.warnings.isEmpty)
    #expect(try folder.read(segment) == half)

    writer.goOn()
    _ = writer.lines()
    #expect(writer.wait() == .exited(0))
    try reader.refresh()
    try check("parts", in: reader)
    #expect(reader.warnings.isEmpty)
    #expect(try folder.read(segment).starts(with: half))
  }

  /// The superuser may write to every folder, so permissions prove nothing. A mount for reading does; where
  /// mounts are not to be had, `FailingDiskTests` has a disk in memory that refuses every change.
  @Test func `a store on a mount for reading can be read`() throws {
    let writer = try WriterProcess(["run", path, "batched", "never"])
    #expect(writer.lines().after("ran").count == 9 && writer.wait() == .exited(0))
    let before = folder.files()
    try folder.makeFolder("mount")
    let mount = folder.path("mount")
    let trial = try WriterProcess(mounting: path, at: mount, nil)
    _ = trial.lines()
    guard trial.wait() == .exited(0) else { return }
    let reader = try WriterProcess(
      mounting: path, at: mount, ["run", mount, "batched", "never"])
    let lines = reader.lines()
    #expect(reader.wait() == .exited(0), "\(lines)")
    // Everything is a hit, and nothing is written.
    #expect(lines.after("ran").isEmpty && lines.after("durable").count == 9, "\(lines)")
    #expect(lines.after("warning").isEmpty)
    // What is new is not worked out in vain: it cannot be kept, and that is said.
    let other = try WriterProcess(
      mounting: path, at: mount, ["run", mount, "batched", "never", "--pipeline", "other"])
    _ = other.lines()
    #expect(other.wait() != .exited(0))
    #expect(folder.files() == before)
  }
}
