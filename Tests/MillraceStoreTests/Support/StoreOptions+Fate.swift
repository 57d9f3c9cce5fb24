import Synchronization

@testable import MillraceStore

extension StoreOptions {
  /// Options under which nothing depends on when and where the test runs.
  static func decided(
    by fate: Fate, policy: SyncPolicy = .batched, inlineLimit: Int = 16
  ) -> StoreOptions {
    var options = StoreOptions()
    options.syncPolicy = policy
    options.inlineLimit = inlineLimit
    options.wallClock = { fate.now.withLock { $0 } }
    options.random = { fate.random() }
    options.schedule = { _, operation in fate.schedule(operation) }
    return options
  }
}
