extension FileSystem {
  /// Writes a file so that a reader sees the old content or the new one, never a part of it.
  ///
  /// The bytes go to a new file beside the path, which then takes its name. Folders on the way are
  /// created.
  package static func replace(_ path: String, with bytes: UnsafeRawBufferPointer) throws {
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolders(String(path[..<slash]))
    }
    let temporary = "\(path).\(UInt64.random(in: .min ... .max)).tmp"
    let file = try create(temporary, mode: 0o666)
    do {
      defer { closeFile(file) }
      try writeAll(bytes, to: file)
      try rename(temporary, to: path)
    } catch {
      try? remove(temporary)
      throw error
    }
  }
}
