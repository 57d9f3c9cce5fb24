// Names are gathered when somebody asks for one: until then an entry may not even know its own. What a
// name stands for is read from the record, so that a million names cost no text in memory.
extension RecordIndex {
  /// Entries whose records have to be read before all names are known, at most so many of them.
  ///
  /// Those in front of them are taken in by this.
  mutating func unreadNames(limit: Int) -> Range<Int> {
    while namedCount < entries.count, entries[namedCount].naming != .unread {
      linkName(Int32(namedCount))
      namedCount += 1
    }
    let end = entries[namedCount...].prefix(limit).firstIndex { $0.naming != .unread }
    return namedCount..<(end ?? min(namedCount + limit, entries.count))
  }

  /// Takes in what the records from an entry on bind.
  mutating func setNames(_ hashes: [NameHash?], from first: Int) {
    for (number, hash) in zip(first..., hashes) where number == namedCount {
      entries[number].setName(hash)
      linkName(Int32(number))
      namedCount += 1
    }
  }

  private mutating func linkName(_ number: Int32) {
    let entry = entries[Int(number)]
    guard entry.naming == .bound, !entry.isLost else { return }
    let hash = entry.nameHash
    let winner = latestOfName.update(hash.spread, to: number) { [entries] in
      entries[Int($0)].nameHash == hash
    }
    guard winner >= 0 else { return }
    if isEarlier(winner, number) {
      entries[Int(number)].previousOfName = winner
    } else {
      entries[Int(number)].previousOfName = entries[Int(winner)].previousOfName
      entries[Int(winner)].previousOfName = number
      _ = latestOfName.update(hash.spread, to: winner) { [entries] in
        entries[Int($0)].nameHash == hash
      }
    }
  }

  /// Puts the entry in front that is the latest now.
  mutating func relinkName(_ hash: NameHash) {
    var chain = chain(from: latestBinding(of: hash) ?? -1, by: \.previousOfName)
    guard let winner = chain.indices.max(by: { isEarlier(chain[$0], chain[$1]) }) else { return }
    chain.swapAt(0, winner)
    for (number, previous) in zip(chain, chain.dropFirst() + [-1]) {
      entries[Int(number)].previousOfName = previous
    }
    _ = latestOfName.update(hash.spread, to: chain[0]) { [entries] in
      entries[Int($0)].nameHash == hash
    }
  }

  /// The latest entry that binds a name of this hash.
  @inline(__always)
  func latestBinding(of hash: NameHash) -> Int32? {
    let number = latestOfName.find(hash.spread) { entries[Int($0)].nameHash == hash }
    return number < 0 ? nil : number
  }

  /// All entries that bind a name of this hash, the latest first.
  func bindings(of hash: NameHash) -> [Int32] {
    latestFirst(chain(from: latestBinding(of: hash) ?? -1, by: \.previousOfName))
  }

  /// The hashes of all names that are bound, in no order.
  func nameHashes() -> [NameHash] {
    var hashes: [NameHash] = []
    hashes.reserveCapacity(latestOfName.count)
    latestOfName.forEach { hashes.append(entries[Int($0)].nameHash) }
    return hashes
  }
}
