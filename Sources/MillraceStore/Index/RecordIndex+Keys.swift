import MillraceCoding

// Answers about keys and artifacts, as numbers of entries.
extension RecordIndex {
  /// The latest entry of a key unless the key was invalidated since.
  @inline(__always)
  func find(_ key: Key) -> Int32? {
    let number = first(of: key)
    guard number >= 0 else { return nil }
    let entry = entries[Int(number)]
    if entry.isLost { return nil }
    if let since = events.invalidation(of: key), since > stamp(of: entry) { return nil }
    return number
  }

  @inline(__always)
  func first(of key: Key) -> Int32 {
    latest.find(key.hash) { entries[Int($0)].key == key }
  }

  /// All entries of a key, invalidated ones too, the latest first.
  func all(of key: Key) -> [Int32] {
    latestFirst(chain(from: first(of: key), by: \.previous))
  }

  /// An entry with this artifact, in whose record the bytes may be.
  ///
  /// - Complexity: O(*n*) for *n* entries.
  func any(with artifact: Digest) -> Int32? {
    entries.lastIndex { $0.artifact == artifact && $0.kind == .artifact && !$0.isLost }
      .map(Int32.init)
  }

  /// The entries of a key since it was last invalidated, the latest first.
  func valid(of key: Key) -> [Int32] {
    let numbers = all(of: key)
    guard let since = events.invalidation(of: key) else { return numbers }
    return numbers.filter { stamp(of: entries[Int($0)]) > since }
  }

  /// The keys that have valid results with different bytes, in order.
  func conflictingKeys() -> [Key] {
    var keys: [Key] = []
    latest.forEach { winner in
      let artifact = entries[Int(winner)].artifact
      var number = entries[Int(winner)].previous
      while number >= 0, entries[Int(number)].artifact == artifact {
        number = entries[Int(number)].previous
      }
      guard number >= 0 else { return }
      let key = entries[Int(winner)].key
      if Set(valid(of: key).map { entries[Int($0)].artifact }).count > 1 { keys.append(key) }
    }
    return keys.sorted()
  }
}
