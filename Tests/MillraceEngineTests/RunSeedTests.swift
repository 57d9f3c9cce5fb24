import Millrace
import Testing

@testable import MillraceEngine

@Suite struct RunSeedTests {
  @Test func `a task's seed depends on its key, and on the run's seed only where that is given`() {
    let (one, other) = (Digest.sha256([1]), Digest.sha256([2]))
    #expect(SHA256.taskSeed(one, seed: nil) == SHA256.taskSeed(one, seed: nil))
    #expect(SHA256.taskSeed(one, seed: nil) != SHA256.taskSeed(other, seed: nil))
    #expect(SHA256.taskSeed(one, seed: 0) != SHA256.taskSeed(one, seed: nil))
    #expect(SHA256.taskSeed(one, seed: 1) != SHA256.taskSeed(one, seed: 2))
  }
}
