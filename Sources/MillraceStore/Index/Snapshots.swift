import Synchronization

/// The snapshots of one store: which one to begin with, and when to write another.
final class Snapshots: Sendable {
  private let storage: any SnapshotStorage
  private let options: StoreOptions
  private let isReadOnly: Bool
  /// What is known; held while a snapshot is written.
  private struct State {
    /// How many records the snapshot stands for that this store began with or wrote last.
    var covered = 0
    /// Those that are damaged, or cover segments that are gone.
    var unusable: Set<String> = []
  }
  private let state = Mutex(State())

  init(_ storage: any SnapshotStorage, options: StoreOptions, isReadOnly: Bool) {
    self.storage = storage
    self.options = options
    self.isReadOnly = isReadOnly
  }

  private static func file(_ name: String) -> String { "index/\(name).index" }

  /// The snapshots that this version can read, those of the most records first.
  ///
  /// - Parameter refuse: Told of the others.
  private func readers(
    refuse: (String, any Error) -> Void
  ) throws -> [(name: String, reader: SnapshotReader)] {
    var readers: [(name: String, reader: SnapshotReader)] = []
    for name in try storage.list() {
      do {
        readers.append((name, try SnapshotReader(name, of: storage)))
      } catch {
        refuse(name, error)
      }
    }
    return readers.sorted { ($1.reader.records, $0.name) < ($0.reader.records, $1.name) }
  }

  /// What to say of a snapshot that cannot be used: nothing if it has been replaced or is of a later
  /// version.
  private static func warning(of name: String, _ error: any Error) -> StoreWarning? {
    switch error {
    case SnapshotReader.Problem.gone, SnapshotHeader.Problem.newer: nil
    case is SnapshotReader.Problem, is SnapshotHeader.Problem:
      StoreWarning(
        .damagedIndex, "The snapshot is damaged, so the log is read instead; nothing is lost.",
        file: file(name))
    default:
      StoreWarning(
        .damagedIndex, "The snapshot cannot be read (\(error)), so the log is read instead.",
        file: file(name))
    }
  }

  /// Fills an empty index from a snapshot, if there is one that can be used.
  ///
  /// - Returns: What was found wrong.
  func load(
    into index: SharedIndex, of reader: LogReader, budget: MemoryBudget, clock: LogicalClock
  ) -> [StoreWarning] {
    var warnings: [StoreWarning] = []
    func refuse(_ name: String, _ error: any Error) {
      guard let warning = Self.warning(of: name, error) else { return }
      warnings.append(warning)
      state.withLock { _ = $0.unusable.insert(name) }
    }
    do {
      for (name, file) in try readers(refuse: refuse) {
        do {
          var file = file
          let snapshot = try file.read(budget)
          if try reader.begin(with: snapshot, in: index, clock: clock) {
            state.withLock { $0.covered = snapshot.records }
            break
          }
          state.withLock { _ = $0.unusable.insert(name) }
        } catch {
          refuse(name, error)
        }
      }
    } catch {
      warnings.append(
        StoreWarning(
          .damagedIndex, "Snapshots cannot be listed (\(error)), so the log is read.", file: "index"
        ))
    }
    return warnings
  }

  /// Whether so many records are worth a snapshot.
  private func isWorthwhile(_ records: Int, covered: Int) -> Bool {
    let rest = records - covered
    return rest >= options.snapshotMinimum && rest >= records / 8
  }

  /// Writes a snapshot if too much of the log is in none, and removes older ones.
  ///
  /// - Parameters:
  ///   - records: How many records a snapshot would stand for, about.
  ///   - content: Gives what to write, or `nil` if that says other things than the log.
  /// - Returns: What went wrong. The log is none the worse for it.
  func write(records: Int, _ content: () -> SnapshotContent?) -> StoreWarning? {
    guard !isReadOnly else { return nil }
    return state.withLock { state in
      guard isWorthwhile(records, covered: state.covered) else { return nil }
      do {
        // Another process may have written one. Those that come from now on are left alone, so that
        // two that write at once do not remove each other's.
        let older = try readers(refuse: { _, _ in }).filter { !state.unusable.contains($0.name) }
        let known = max(state.covered, older.first?.reader.records ?? 0)
        guard isWorthwhile(records, covered: known), let content = content(),
          isWorthwhile(content.header.records, covered: known)
        else { return nil }
        let name = WriterID(high: options.random(), low: options.random()).name
        try storage.write(name, durably: options.syncPolicy != .none) { try content.write($0) }
        state.covered = content.header.records
        for name in state.unusable.union(older.map(\.name)) { try storage.remove(name) }
        state.unusable = []
        return nil
      } catch {
        return StoreWarning(
          .unwrittenIndex,
          "A snapshot of the log could not be written (\(error)); "
            + "the store is complete, but takes longer to open.", file: "index")
      }
    }
  }
}
