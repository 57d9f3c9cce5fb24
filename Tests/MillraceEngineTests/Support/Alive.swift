import Synchronization

/// Counts the objects of one test that are in memory.
final class Population: Sendable {
  private let counts = Mutex((now: 0, peak: 0, made: 0))

  var now: Int { counts.withLock { $0.now } }
  var peak: Int { counts.withLock { $0.peak } }
  var made: Int { counts.withLock { $0.made } }

  fileprivate func add() {
    counts.withLock {
      $0.now += 1
      $0.made += 1
      $0.peak = max($0.peak, $0.now)
    }
  }

  fileprivate func remove() { counts.withLock { $0.now -= 1 } }
}

/// A value that cannot be encoded and is counted while it is in memory.
final class Alive: Sendable {
  let number: Int
  let population: Population

  init(_ number: Int, in population: Population) {
    self.number = number
    self.population = population
    population.add()
  }

  deinit { population.remove() }
}
