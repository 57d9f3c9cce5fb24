/// A store's `format` file, as it is read, judged and written.
struct StoreFormat: Sendable {
  private let folder: String
  private let disk: any Disk
  private var path: String { "\(folder)/format" }

  init(folder: String, on disk: any Disk) {
    self.folder = folder
    self.disk = disk
  }

  /// The file's content, or `nil` if there is none.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unreadable``.
  func read() throws -> [UInt8]? {
    do {
      let file = try disk.openToRead(path)
      defer { disk.closeFile(file) }
      return try disk.read(1024, at: 0, of: file)
    } catch let error as SystemCallError where error.isNotFound {
      return nil
    } catch {
      throw StoreFailure(
        .unreadable, "The store's format file cannot be read; check path and permissions.",
        path: path, cause: error)
    }
  }

  /// What is wrong with the file now, or `nil`.
  func problem() throws -> String? {
    guard let content = try read() else { return "The file is missing." }
    return FormatFile(content) == .damaged ? "The file is damaged." : nil
  }

  /// Writes the file of today's format, in place of what there is.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``.
  func write() throws {
    // Written beside and renamed, so that no other process ever sees half of it.
    let temporary = "\(folder)/.format-\(UInt64.random(in: .min ... .max))"
    do {
      let file = try disk.create(temporary, mode: 0o644)
      defer { disk.closeFile(file) }
      try FormatFile.current.withUnsafeBytes { try disk.writeAll($0, to: file) }
      try disk.sync(file)
      try disk.rename(temporary, to: path)
      try disk.syncFolder(folder)
    } catch {
      try? disk.remove(temporary)
      throw StoreFailure(
        .unwritable, "The store's format cannot be written; check permissions and free space.",
        path: folder, cause: error)
    }
  }
}
