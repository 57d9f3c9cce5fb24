extension KeyParts {
  /// A part that differs between two lists.
  public struct Difference: Hashable, Sendable {
    /// The part's name.
    public var name: String
    /// What it was; `nil` if it was not there.
    public var old: Value?
    /// What it is; `nil` if it is no longer there.
    public var new: Value?

    /// Makes a difference.
    public init(name: String, old: Value?, new: Value?) {
      self.name = name
      self.old = old
      self.new = new
    }
  }

  /// The parts that were added, removed or changed since an earlier list.
  ///
  /// - Returns: One difference a name, in canonical order; empty exactly if the keys are equal.
  /// - Complexity: O(*n* + *m*).
  public func differences(from other: KeyParts) -> [Difference] {
    var found: [Difference] = []
    var (mine, theirs) = (parts[...], other.parts[...])
    while let name = [mine.first?.name, theirs.first?.name].compactMap(\.self).min() {
      let new = mine.first?.name == name ? mine.removeFirst().value : nil
      let old = theirs.first?.name == name ? theirs.removeFirst().value : nil
      if new != old { found.append(Difference(name: name.text, old: old, new: new)) }
    }
    return found
  }
}
