import Dispatch
import Millrace

/// Measures how fast a store is verified: N objects of 16 MiB, against hashing the same bytes from memory by
/// as many threads. The objects are made once; a second call with the same folder finds them.
func measureVerification(_ arguments: Arguments) throws -> Report {
  let size = 16 << 20
  let blobs = (0..<arguments.count).map { blob($0, size: size) }
  let made = try arguments.store(isStored: true)
  for (number, bytes) in blobs.enumerated() {
    let key = Key(.sha256(Array("verify \(number)".utf8)))
    guard made.find(key) == nil else { continue }
    let facts = ArtifactFacts(
      codec: "bytes/1", encodedParts: [0xa0], task: "verify", node: "\(number)")
    _ = try bytes.withUnsafeBytes { try made.save($0, for: key, facts: facts) }
  }
  try made.close()

  let clock = ContinuousClock()
  let store = try arguments.store(isStored: true)
  // Best of three each, in turns: the first reading warms the cache, and the machine has moods.
  var (verification, hashing) = (Duration.seconds(1_000_000), Duration.seconds(1_000_000))
  var check = 0
  for _ in 0..<3 {
    let beginning = clock.now
    let report = try store.verify()
    verification = min(verification, beginning.duration(to: clock.now))
    guard report.problems.isEmpty, report.objects >= blobs.count else {
      throw Arguments.Problem.usage("The store has problems; name a new folder.")
    }
    let middle = clock.now
    DispatchQueue.concurrentPerform(iterations: blobs.count) { number in
      precondition(blobs[number].withUnsafeBytes { Digest.sha256($0) } != Digest.sha256([]))
    }
    hashing = min(hashing, middle.duration(to: clock.now))
    check = report.objects
  }
  var report = Report(arguments)
  report.set("verify_s", verification)
  report.set("sha_s", hashing)
  report.set("bytes", blobs.count * size)
  report.set("check", check)
  report.set("ratio", hashing / verification)
  return report
}

/// Bytes without a pattern, others for each number.
private func blob(_ number: Int, size: Int) -> [UInt8] {
  var state = UInt64(number) &+ 1
  return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    buffer.withMemoryRebound(to: UInt64.self) { words in
      for index in words.indices {
        state = 6_364_136_223_846_793_005 &* state &+ 1_442_695_040_888_963_407
        words[index] = (state ^ state >> 29).littleEndian
      }
    }
    count = size
  }
}
