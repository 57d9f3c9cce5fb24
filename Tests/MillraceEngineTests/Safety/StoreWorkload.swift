import Millrace
import Testing

@testable import MillraceStore

/// A small program that uses a store as a run does: it looks up what it needs, saves what is missing,
/// and goes on where it was when it is run again.
struct StoreWorkload {
  var policy: SyncPolicy
  /// Whether every closing writes a snapshot of the index, which it would not for so few records.
  var writesSnapshots = false
  var helpers = BlobHelpers.threads()

  /// What it did before it ended or failed.
  struct Report {
    /// Results that were reported to be safe.
    var durable: Set<Int> = []
    /// What it threw.
    var error: (any Error)?
    var warnings: [StoreWarning] = []
  }

  private static let path = "/store"
  private static let numbers = 0..<8

  private static func key(_ number: Int) -> Key { Key(.sha256([UInt8(number)])) }

  /// Two of three are objects, and 7 has the bytes of 4.
  private static func bytes(_ number: Int) -> [UInt8] {
    if number == 7 { return bytes(4) }
    return [UInt8](repeating: UInt8(number), count: number % 3 == 0 ? 3 : 40)
  }

  private static let facts = ArtifactFacts(
    codec: "bytes/1", encodedParts: [0xa0], task: "T", node: "n")

  func open(_ disk: SimulatedDisk) throws -> ArtifactStore {
    var options = StoreOptions()
    options.syncPolicy = policy
    options.inlineLimit = 16
    if writesSnapshots { options.snapshotMinimum = 1 }
    options.schedule = { _, _ in }
    return try ArtifactStore(
      storage: .disk(at: Self.path, on: disk, helpers: helpers), options: options)
  }

  /// The bytes of a result that can be read.
  private static func value(_ number: Int, in store: ArtifactStore) -> [UInt8]? {
    guard let record = store.find(key(number)) else { return nil }
    return try? store.load(record)
  }

  func run(on disk: SimulatedDisk) -> Report {
    var report = Report()
    do {
      try perform(on: disk, &report)
    } catch {
      report.error = error
    }
    return report
  }

  private func perform(on disk: SimulatedDisk, _ report: inout Report) throws {
    for numbers in [0..<5, 4..<8] {
      let store = try open(disk)
      defer { report.warnings += store.warnings }
      var waiting: Set<Int> = []
      func flush(_ operation: () throws -> Void) rethrows {
        try operation()
        if policy != .none { report.durable.formUnion(waiting) }
        waiting = []
      }
      do {
        for number in numbers where Self.value(number, in: store) == nil {
          let bytes = Self.bytes(number)
          let record = try bytes.withUnsafeBytes {
            try store.save($0, for: Self.key(number), facts: Self.facts)
          }
          waiting.insert(number)
          if policy == .every { flush {} }
          try store.bind("name\(number)", to: record)
          if number % 2 == 1 { try flush(store.flush) }
        }
        try flush(store.close)
      } catch {
        // What is called safe after an error must be safe as well.
        try? flush(store.flush)
        throw error
      }
    }
  }

  /// Asks a disk that works again for everything, then carries the work to its end.
  ///
  /// - Returns: What was wrong.
  func check(_ disk: SimulatedDisk, after report: Report) -> [String] {
    var problems: [String] = []
    func check(_ condition: Bool, _ problem: @autoclosure () -> String) {
      if !condition { problems.append(problem()) }
    }
    if let error = report.error {
      let failure = error as? StoreFailure
      check(failure != nil, "an error that is no failure of a store: \(error)")
      check(failure?.message.contains("; ") ?? true, "no advice: \(error)")
      let isExpected = [.unwritable, .unreadable].contains(failure?.code)
      check(isExpected, "an unexpected code: \(error)")
    }
    do {
      let store = try open(disk)
      for number in Self.numbers {
        guard let record = store.find(Self.key(number)) else {
          check(!report.durable.contains(number), "\(number) was durable and is not there")
          continue
        }
        let bytes = try? store.load(record)
        check(bytes == nil || bytes == Self.bytes(number), "\(number) has a wrong value")
        // Bytes go before records, unless nothing is ever synced.
        let maybe = policy == .none && !report.durable.contains(number)
        check(maybe || bytes != nil, "\(number) is there and cannot be read")
      }
      for binding in store.names() {
        let number = binding.name.last?.wholeNumberValue ?? -1
        guard let bytes = try? store.load(binding) else { continue }
        check(bytes == Self.bytes(number), "'\(binding.name)' stands for a wrong value")
      }
      check(store.conflicts().isEmpty, "there are different results of one key")
      try store.close()
      let rest = run(on: disk)
      check(rest.error == nil, "the work cannot go on: \(String(describing: rest.error))")
      let last = try open(disk)
      for number in Self.numbers {
        let bytes = Self.value(number, in: last)
        check(bytes == Self.bytes(number), "\(number) is not there in the end")
      }
    } catch {
      problems.append("the store cannot be opened again: \(error)")
    }
    return problems
  }
}
