import Millrace
import MillraceCoding

/// The store and the files that a sequence is played on.
final class LawStage {
  private let sequence: LawSequence
  private let folder: TemporaryFolder?
  private let storage: Storage
  private(set) var store: ArtifactStore

  init(_ sequence: LawSequence) throws {
    self.sequence = sequence
    folder =
      sequence.isOnDisk || !sequence.program.files.isEmpty ? try TemporaryFolder() : nil
    storage =
      if sequence.isOnDisk, let folder { try .disk(at: folder.path("store")) } else { .memory() }
    store = try Self.open(storage, sequence)
    for (file, content) in sequence.program.files.enumerated() { try write(content, to: file) }
  }

  private static func open(_ storage: Storage, _ sequence: LawSequence) throws -> ArtifactStore {
    var options = StoreOptions()
    if sequence.hasObjects { options.inlineLimit = 0 }
    options.syncPolicy = .none
    return try ArtifactStore(storage: storage, options: options)
  }

  func path(ofFile number: Int) -> String { folder?.path("file\(number)") ?? "" }

  func write(_ content: Int, to file: Int) throws {
    try folder?.write("\(content)", to: "file\(file)")
  }

  func reopen() throws {
    try store.close()
    store = try Self.open(storage, sequence)
  }

  /// Goes on with a new store.
  func empty() throws { store = try Self.open(.memory(), sequence) }

  /// Damages the object that a name stands for.
  ///
  /// - Returns: Its digest; nil if there is none.
  func damage(_ name: String, _ damage: LawKnowledge.Damage) throws -> Digest? {
    guard let binding = store.resolve("graph/\(name)") else { return nil }
    try store.flush()
    guard try storage.blobs.size(of: binding.artifact) != nil else { return nil }
    try storage.blobs.delete(binding.artifact)
    if damage == .spoiled {
      let bytes = [UInt8](repeating: 0xFF, count: binding.size)
      try bytes.withUnsafeBytes {
        try storage.blobs.put($0, as: binding.artifact, replacing: false)
      }
      try storage.blobs.publish(durably: false)
    }
    return binding.artifact
  }
}
