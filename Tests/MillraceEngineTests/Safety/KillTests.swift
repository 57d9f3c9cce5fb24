import Foundation
import Millrace
import Testing

/// Processes that are killed while they write: what they said was safe is there, nothing half-written
/// is seen, and the next one goes on.
@Suite(.timeLimit(.minutes(10))) struct KillTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.path(name) }

  /// Opens a store that a killed process has left, and asks for all that it said.
  ///
  /// - Returns: How many results there are.
  @discardableResult
  private func checkSaved(
    _ name: String, durable: Set<Int>, _ comment: Comment
  ) throws -> Int {
    // A process that was killed before it made a store leaves none.
    guard FileManager.default.fileExists(atPath: path("\(name)/format")) else {
      #expect(durable.isEmpty, comment)
      return 0
    }
    let store = try ArtifactStore.open(at: path(name), readOnly: true)
    var count = 0
    for number in 0..<10 {
      guard let record = store.find(Key(.sha256([UInt8(number)]))) else {
        #expect(!durable.contains(number), comment)
        continue
      }
      let bytes = try store.load(record)
      #expect(bytes.count == (number % 2 == 0 ? 100 : 20_000), comment)
      #expect(bytes.allSatisfy { $0 == UInt8(number) }, comment)
      count += 1
    }
    for binding in store.names() { #expect(try !store.load(binding).isEmpty, comment) }
    // A record that was not finished is all that may be wrong.
    #expect(store.warnings.allSatisfy { $0.code == .tornTail }, comment)
    return count
  }

  private func callCount(_ arguments: [String]) throws -> Int {
    let writer = try WriterProcess(arguments)
    let count = writer.lines().after("done").first.flatMap { Int($0) }
    #expect(writer.wait() == .exited(0))
    return try #require(count)
  }

  @Test(arguments: ["every", "batched"])
  func `killed at any call, a process has lost nothing that it said was safe`(
    policy: String
  ) throws {
    let count = try callCount(["save", path("whole"), policy, "never"])
    #expect(count > 40)
    var left: Set<Int> = []
    for at in 0..<count {
      // Where the call is a write, in the middle of it; where it is none, the next is as good.
      for death in ["before", "inside"] where death == "before" || at % 2 == 0 {
        let name = "\(death)\(at)"
        let writer = try WriterProcess(["save", path(name), policy, "\(death):\(at)"])
        let lines = writer.lines()
        if writer.wait() == .exited(0) {
          #expect(death == "inside" && lines.after("done").count == 1)
        }
        let durable = Set(lines.after("durable").compactMap { Int($0) })
        left.insert(try checkSaved(name, durable: durable, "\(death):\(at)"))
        try folder.removeIfThere(name)
      }
    }
    #expect(left.contains(0) && left.contains(10) && left.count > 3, "deaths at all stages")
  }

  @Test func `killed again and again, a process ends its work all the same`() throws {
    var durable: Set<Int> = []
    var (deaths, isDone) = (0, false)
    while !isDone, deaths < 200 {
      // Now after some calls, now in the middle of a record.
      let death =
        deaths % 2 == 0 ? "before:\(12 + deaths % 17)" : "insideLog:\(deaths / 2 % 3)"
      let writer = try WriterProcess(["save", path("store"), "every", death])
      let lines = writer.lines()
      isDone = writer.wait() == .exited(0)
      let saved = lines.after("durable").compactMap { Int($0) }
      #expect(durable.isDisjoint(with: saved), "what is safe is not done again")
      durable.formUnion(saved)
      deaths += 1
      try checkSaved("store", durable: durable, "after \(deaths) deaths")
    }
    #expect(isDone && durable.count == 10)
  }

  /// The kill comes from outside, while the process goes on.
  @Test(arguments: ["every", "batched"])
  func `killed at a random moment, a process has lost nothing that it said was safe`(
    policy: String
  ) throws {
    let seed = UInt64.random(in: 0..<1 << 32)
    var chance = SplitMix(state: seed)
    for round in 0..<30 {
      let name = "random\(round)"
      let writer = try WriterProcess(["save", path(name), policy, "never", "--marks"])
      var lines: [String] = []
      for _ in 0..<chance.next(below: 120) {
        guard let line = writer.line() else { break }
        lines.append(line)
      }
      writer.kill()
      lines += writer.lines()
      let durable = Set(lines.after("durable").compactMap { Int($0) })
      try checkSaved(name, durable: durable, "seed \(seed), round \(round)")
      try folder.removeIfThere(name)
    }
  }

  @Test(arguments: ["--narrow", "--wide"], ["before", "insideLog"])
  func `a run that is killed again and again goes on until it is done`(
    width: String, death: String
  ) throws {
    var (durable, ran): (Set<String>, [String]) = ([], [])
    var (lives, isDone) = (0, false)
    while !isDone, lives < 200 {
      let place = death == "before" ? 9 + lives : lives % 4
      let writer = try WriterProcess(["run", path("store"), "every", "\(death):\(place)", width])
      let lines = writer.lines()
      isDone = writer.wait() == .exited(0)
      #expect(
        durable.isDisjoint(with: lines.after("ran")), "what is safe runs no more (life \(lives))")
      #expect(lines.after("warning").allSatisfy { $0.contains("unfinished record") })
      durable.formUnion(lines.after("durable"))
      ran += lines.after("ran")
      lives += 1
    }
    #expect(isDone && durable.count == 9)
    // Some died between the end of a body and the report, or in a body beside it.
    #expect(ran.count >= 9 && ran.count <= 9 + 2 * lives)
    let store = try ArtifactStore.open(at: path("store"), readOnly: true)
    let total = try #require(store.resolve("parts/total"))
    #expect(try CBOR.decode(Int.self, from: store.load(total)) == 3 * 5000 + 5 * 5)
    #expect(store.conflicts().isEmpty)
  }
}

extension TemporaryFolder {
  func removeIfThere(_ name: String) throws {
    if FileManager.default.fileExists(atPath: path(name)) { try remove(name) }
  }
}
