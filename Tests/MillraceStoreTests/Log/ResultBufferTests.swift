import Dispatch
import MillraceCoding
import Testing

@testable import MillraceStore

/// Results that wait in a buffer of one thread: as good as those that were saved one by one.
@Suite struct ResultBufferTests {
  private let fate = Fate()
  private let recorder = Recorder()
  private let run = RunID(milliseconds: 1, random: (2, 3))

  private func openStore(
    _ policy: SyncPolicy = .batched, on storage: Storage = .memory(), inlineLimit: Int = 1 << 14
  ) throws -> ArtifactStore {
    try ArtifactStore(
      storage: recorder.storage(on: storage),
      options: .decided(by: fate, policy: policy, inlineLimit: inlineLimit))
  }

  private var template: ResultTemplate {
    ResultTemplate(codec: "bytes/1", task: "Reports.clean(_:)", run: run, pipeline: "reports")
  }

  private var calls: [String] {
    recorder.events.map { event in
      switch event {
      case .append: "append"
      case .publish: "publish"
      default: "\(event)"
      }
    }
  }

  @discardableResult
  private func save(
    _ bytes: [UInt8], for key: Key, node: String = "clean", in buffer: ResultBuffer
  ) throws -> Digest? {
    try bytes.withUnsafeBytes { bytes in
      try [UInt8]([0xa0]).withUnsafeBytes { parts in
        let result = ResultBuffer.Result(node: node, parts: parts, durationNanoseconds: 1500)
        return try buffer.save(bytes, for: key, result, of: template)
      }
    }
  }

  @Test(arguments: [0, 1, 23, 24, 255, 256, 65_535, 65_536, 100_000])
  func `a record is the same bytes on either way`(size: Int) throws {
    let (key, bytes) = (Key.sample(1), [UInt8](repeating: 7, count: size))
    let (parts, artifact) = ([UInt8](repeating: 9, count: size / 2), Digest.sha256(bytes))
    let node = String(repeating: "n", count: size / 3)
    let time = LogicalTime(nanoseconds: 1_700_000_000_000_000_000)
    var facts = ArtifactFacts(
      codec: "bytes/1", encodedParts: parts, task: "Reports.clean(_:)", node: node, run: run,
      durationNanoseconds: UInt64(size))
    facts.pipeline = "reports"
    let expected = bytes.withUnsafeBytes {
      ArtifactCoding.encode(
        $0, inline: true, artifact: artifact, key: key, time: time, facts: facts)
    }
    let room = template.largestSize(bytes: size, parts: parts.count, node: node.utf8.count)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { memory.deallocate() }
    let (written, offset) = try bytes.withUnsafeBytes { bytes in
      try parts.withUnsafeBytes { parts in
        try Array(node.utf8).withUnsafeBytes { node in
          template.write(
            ResultTemplate.Content(
              bytes: bytes, artifact: artifact, key: key, time: time, parts: parts, node: node,
              durationNanoseconds: UInt64(size)), to: try #require(memory.baseAddress))
        }
      }
    }
    #expect(Array(memory[..<written]) == expected)
    #expect(Array(memory[offset..<offset + size]) == bytes)
    #expect(
      Array(node.utf8).withUnsafeBytes { template.nameHash(node: $0) }
        == NameHash("reports/\(node)"))
  }

  @Test func `what was saved is found once it was handed over, and by who opens the store`() throws
  {
    let base = Storage.memory()
    let store = try openStore(on: base)
    let buffer = try #require(store.makeResultBuffer())
    for number in 0..<200 as Range<UInt8> {
      #expect(
        try save([number], for: .sample(number), node: "n\(number)", in: buffer)
          == Digest.sha256([number]))
    }
    try buffer.end()
    #expect(calls == ["create"])
    try store.flush()
    #expect(calls == ["create", "publish", "append", "sync"])
    for store in [store, try ArtifactStore(storage: base)] {
      for number in 0..<200 as Range<UInt8> {
        #expect(store.value(of: .sample(number)) == [number])
        let record = try #require(store.find(.sample(number)))
        #expect(record.facts.node == "n\(number)" && record.facts.run == run)
        #expect(store.resolve("reports/n\(number)")?.key == .sample(number))
      }
      #expect(store.warnings.isEmpty)
    }
  }

  @Test func `many results go to the log before anybody asks for it`() throws {
    let store = try openStore()
    let buffer = try #require(store.makeResultBuffer())
    let value = [UInt8](repeating: 1, count: 10_000)
    for number in 0..<120 as Range<UInt8> {
      try save(value + [number], for: .sample(number), in: buffer)
    }
    // Over a mebibyte, so that some of it was written, and the last ones still wait.
    #expect(calls == ["create", "publish", "append", "beginSync"])
    #expect(store.find(.sample(0)) != nil && store.find(.sample(119)) == nil)
    try store.flush()
    #expect(store.find(.sample(119)) != nil)
    try buffer.end()
  }

  @Test(arguments: ["timer", "flush", "close", "end"])
  func `results do not wait for others to come`(occasion: String) throws {
    let base = Storage.memory()
    let store = try openStore(on: base)
    let buffer = try #require(store.makeResultBuffer())
    try save([1], for: .sample(1), in: buffer)
    try save([2], for: .sample(2), in: buffer)
    #expect(fate.scheduledCount == 1)
    #expect(store.find(.sample(1)) == nil)
    switch occasion {
    case "timer": fate.fire()
    case "flush": try store.flush()
    case "close": try store.close()
    default: try buffer.end()
    }
    #expect(store.value(of: .sample(2)) == [2])
    guard occasion != "end" else { return }
    #expect(try ArtifactStore(storage: base).value(of: .sample(1)) == [1])
    // The next one is not forgotten either.
    try save([3], for: .sample(3), in: buffer)
    #expect(fate.scheduledCount >= 1)
    fate.fire()
    #expect(try ArtifactStore(storage: base).value(of: .sample(3)) == [3])
    try buffer.end()
  }

  @Test func `what is too large for a record, or for the buffer, is left to the caller`() throws {
    let store = try openStore(inlineLimit: 1 << 20)
    let buffer = try #require(store.makeResultBuffer())
    #expect(try save([UInt8](repeating: 0, count: 40_000), for: .sample(1), in: buffer) == nil)
    let small = try openStore(inlineLimit: 16)
    let other = try #require(small.makeResultBuffer())
    #expect(try save([UInt8](repeating: 0, count: 17), for: .sample(1), in: other) == nil)
    #expect(try save([UInt8](repeating: 0, count: 16), for: .sample(1), in: other) != nil)
    try buffer.end()
    try other.end()
  }

  @Test func `there is none where each result is synced at once, or nothing can be stored`() throws
  {
    #expect(try openStore(.every).makeResultBuffer() == nil)
    var storage = Storage.memory()
    storage.isReadOnly = true
    #expect(try ArtifactStore(storage: storage).makeResultBuffer() == nil)
    let buffer = try #require(openStore(.none).makeResultBuffer())
    try buffer.end()
  }

  @Test func `other bytes for a key are reported`() throws {
    let store = try openStore()
    try store.save([1], for: .sample(1))
    let buffer = try #require(store.makeResultBuffer())
    try save([1], for: .sample(1), in: buffer)
    try buffer.end()
    #expect(store.warnings.isEmpty)
    let second = try #require(store.makeResultBuffer())
    try save([2], for: .sample(1), in: second)
    try save([3], for: .sample(2), in: second)
    try second.end()
    #expect(store.warnings.map(\.code) == [.differingResults])
    #expect(store.conflicts().map(\.key) == [.sample(1)])
    #expect(store.value(of: .sample(1)) == [2])
  }

  @Test(arguments: [Recorder.Event.create, .append(0), .sync, .publish(durably: true)])
  func `a log that cannot be written says so, and keeps what it had`(
    failing: Recorder.Event
  ) throws {
    let base = Storage.memory()
    let store = try openStore(on: base)
    try store.save([1], for: .sample(1))
    try store.close()
    recorder.fail { event in
      if case .append = failing, case .append = event { return true }
      return event == failing
    }
    let buffer = try #require(store.makeResultBuffer())
    let failure = #expect(throws: StoreFailure.self) {
      try save([2], for: .sample(2), in: buffer)
      try buffer.end()
      try store.flush()
    }
    #expect(failure?.code == .unwritable)
    recorder.fail(where: nil)
    #expect(store.value(of: .sample(1)) == [1])
    #expect(try ArtifactStore(storage: base).value(of: .sample(1)) == [1])
  }

  @Test func `threads with a buffer each lose nothing, whatever else is written meanwhile`() throws
  {
    let base = Storage.memory()
    let store = try openStore(on: base)
    @Sendable func key(_ thread: Int, _ number: Int) -> Key {
      Key(.sha256(Array("\(thread) \(number)".utf8)))
    }
    let (threads, count) = (4, 2000)
    DispatchQueue.concurrentPerform(iterations: threads + 1) { thread in
      if thread == threads {
        for number in 0..<200 {
          _ = try? store.save([1], for: key(thread, number))
          try? store.flush()
        }
        return
      }
      let buffer = store.makeResultBuffer()
      for number in 0..<count {
        let bytes = Array("\(thread) \(number)".utf8)
        _ = buffer.map { try? save(bytes, for: key(thread, number), in: $0) }
      }
      try? buffer?.end()
    }
    try store.close()
    let reopened = try ArtifactStore(storage: base)
    for thread in 0..<threads {
      for number in 0..<count {
        let expected = Array("\(thread) \(number)".utf8)
        #expect(reopened.value(of: key(thread, number)) == expected)
      }
    }
    #expect(reopened.warnings.isEmpty && store.warnings.isEmpty)
    #expect(reopened.value(of: key(threads, 199)) == [1])
  }
}
