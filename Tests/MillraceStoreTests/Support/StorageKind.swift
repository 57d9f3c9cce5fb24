import MillraceStore
import Testing

/// The kinds of storage that every shared test is run on.
enum StorageKind: CaseIterable, CustomTestStringConvertible {
  case memory
  case disk

  var testDescription: String {
    switch self {
    case .memory: "memory"
    case .disk: "disk"
    }
  }

  /// A new, empty place, which has to be in a folder if it is one.
  func makePlace(in folder: TemporaryFolder) -> Place {
    switch self {
    case .memory: Place(memory: .memory())
    case .disk: Place(folder: folder)
    }
  }
}

/// A place that can be opened several times, as several processes would.
struct Place {
  private var memory: Storage?
  private var folder: TemporaryFolder?

  init(memory: Storage) {
    self.memory = memory
  }

  init(folder: TemporaryFolder) {
    self.folder = folder
  }

  func open() throws -> Storage {
    if let memory { return memory }
    return try .disk(at: "\(folder!.path)/store")
  }

  func openStore(_ options: StoreOptions = StoreOptions()) throws -> ArtifactStore {
    try ArtifactStore(storage: open(), options: options)
  }
}
