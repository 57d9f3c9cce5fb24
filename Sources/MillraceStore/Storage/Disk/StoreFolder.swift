/// The folder of a store: made where there is none, checked where there is one.
struct StoreFolder {
  /// Whether nothing can be written there.
  private(set) var isReadOnly: Bool
  /// What was wrong with the `format` file.
  private(set) var warnings: [StoreWarning] = []

  private let path: String
  private let disk: any Disk

  /// Opens a folder as a store, making what is missing.
  ///
  /// - Throws: ``StoreFailure`` as ``Storage/disk(at:readOnly:)`` says.
  init(opening path: String, readOnly: Bool, on disk: any Disk) throws {
    self.path = path
    self.disk = disk
    isReadOnly = readOnly
    if let content = try readFormat() ?? formatOfAnother() {
      isReadOnly = readOnly || !disk.isWritable(path)
      switch FormatFile(content) {
      case .version(let version) where version > FormatFile.currentVersion:
        throw StoreFailure(
          .newerFormat,
          "The store has format \(version), and this program knows formats up to "
            + "\(FormatFile.currentVersion); use a newer Millrace, or another folder.",
          path: path)
      case .version: break
      case .damaged: warn("The file is damaged; the store is read as one of format 1.")
      }
      if !isReadOnly { try makeFolders() }
    } else if !isReadOnly {
      try makeFolders()
      try makeFormat()
    }
  }

  private func readFormat() throws -> [UInt8]? {
    try StoreFormat(folder: path, on: disk).read()
  }

  /// Judges a folder without a `format` file.
  ///
  /// - Returns: The file after all, if another process has made it meanwhile; or else `nil`, if a
  ///   store may be made here or read without it.
  private mutating func formatOfAnother() throws -> [UInt8]? {
    let names = try names(in: path)
    // Empty folders are those of a store that another process is making, or did not live to make.
    let isUsed = try ["log", "objects"].contains { folder in
      try self.names(in: "\(path)/\(folder)")?.contains { $0 != "tmp" } ?? false
    }
    // What another process has put there came after its `format` file.
    if let content = try readFormat() { return content }
    let others = (names ?? []).filter { name in
      !name.hasPrefix(".") && !["log", "objects", "lock", "index"].contains(name)
    }
    if isUsed {
      warn("The file is missing; the store is read as one of format 1.")
    } else if !others.isEmpty {
      throw StoreFailure(
        .notAStore,
        "The folder is not empty and no store, as it has no 'format' file; "
          + "name an empty or a new folder.", path: path)
    } else if isReadOnly {
      throw StoreFailure(
        .notAStore, "There is no store to read; check the path, or run a pipeline first.",
        path: path)
    }
    if names != nil { isReadOnly = isReadOnly || !disk.isWritable(path) }
    if isReadOnly, !isUsed {
      throw StoreFailure(
        .unwritable, "The folder is empty and cannot be written to; check its permissions.",
        path: path)
    }
    return nil
  }

  private func names(in folder: String) throws -> [String]? {
    do {
      return try disk.names(in: folder)
    } catch {
      throw StoreFailure(
        .unreadable, "The store's folder cannot be listed; check path and permissions.",
        path: folder, cause: error)
    }
  }

  /// Makes the file that says that everything else is there, and on the medium.
  private func makeFormat() throws {
    try StoreFormat(folder: path, on: disk).write()
  }

  private func makeFolders() throws {
    do {
      try disk.makeFolders(path)
      let isNew = try ["log", "objects", "objects/tmp"].map { name in
        try disk.makeFolder("\(path)/\(name)")
      }
      if isNew.contains(true) { try disk.syncFolder(path) }
    } catch {
      throw StoreFailure(
        .unwritable, "The store's folders cannot be created; check permissions and free space.",
        path: path, cause: error)
    }
  }

  private mutating func warn(_ message: String) {
    warnings.append(StoreWarning(.damagedFormat, message, file: "format"))
  }
}

/// The content of the `format` file.
///
/// ```
/// millrace-store 1
/// check 5a3bd03e
/// ```
///
/// The second line is the CRC-32 of the first one with its newline. It tells a version digit that
/// was damaged, which is survived, from a newer version, which is refused. A file of the first line
/// alone is taken at its word.
enum FormatFile: Equatable {
  case version(Int)
  case damaged

  static let currentVersion = 1
  static let current = content(version: currentVersion)

  init(_ content: [UInt8]) {
    self = .damaged
    guard let end = content.firstIndex(of: UInt8(ascii: "\n")) else { return }
    let line = String(decoding: content[..<end], as: UTF8.self)
    let digits = line.dropFirst(Self.word.count)
    guard line.hasPrefix(Self.word), let version = Int(digits), version > 0 else { return }
    let hasCheck = content.count > end + 1
    if !hasCheck || content == Self.content(version: version) { self = .version(version) }
  }

  private static let word = "millrace-store "

  static func content(version: Int) -> [UInt8] {
    let line = Array("\(word)\(version)\n".utf8)
    let digits = String(line.withUnsafeBytes { CRC32.checksum($0) }, radix: 16)
    let check = String(repeating: "0", count: 8 - digits.count) + digits
    return line + Array("check \(check)\n".utf8)
  }
}
