/// The named parts that decide a node's value.
///
/// They are kept with the result, so that "why did it run" is a comparison of two of these:
///
/// ```swift
/// var parts = KeyParts()
/// parts["task"] = .text("Reports.clean(_:)")
/// parts["version"] = .integer(2)
/// parts["input rows"] = .digest(rows)
/// let key = parts.key
/// ```
///
/// Names and texts are compared by their UTF-8, not by Unicode equivalence, because that is what the
/// key sees. The canonical order of names is that of their encodings: by length in UTF-8, then by
/// bytes.
public struct KeyParts: Hashable, Sendable {
  struct Part: Hashable, Sendable {
    var name: Name
    var value: Value
  }

  // Always in canonical order, each name once.
  var parts: [Part] = []

  /// Makes a list of no parts.
  public init() {}

  /// The part of this name. Setting it to `nil` removes it.
  ///
  /// - Complexity: O(log *n*) to read and to replace, O(*n*) to add or to remove.
  public subscript(name: String) -> Value? {
    get {
      let name = Name(name)
      let place = firstIndex(notBefore: name)
      return place < parts.count && parts[place].name == name ? parts[place].value : nil
    }
    set {
      let name = Name(name)
      let place = firstIndex(notBefore: name)
      let exists = place < parts.count && parts[place].name == name
      switch (newValue, exists) {
      case (let value?, true): parts[place].value = value
      case (let value?, false): parts.insert(Part(name: name, value: value), at: place)
      case (nil, true): parts.remove(at: place)
      case (nil, false): break
      }
    }
  }

  /// The names, in canonical order.
  public var names: [String] { parts.map(\.name.text) }

  /// The SHA-256 digest of ``encoded()``.
  public var key: Key { Key(.sha256(encoded())) }

  private func firstIndex(notBefore name: Name) -> Int {
    var low = 0
    var high = parts.count
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A name that compares as its encoding does.
  struct Name: Hashable, Comparable, Sendable {
    var text: String

    init(_ text: String) {
      self.text = text
    }

    static func == (first: Self, second: Self) -> Bool {
      first.text.utf8.elementsEqual(second.text.utf8)
    }

    static func < (first: Self, second: Self) -> Bool {
      let lengths = (first.text.utf8.count, second.text.utf8.count)
      guard lengths.0 == lengths.1 else { return lengths.0 < lengths.1 }
      return first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }

    // Texts of equal UTF-8 are equal, so the hash of the text will do.
    func hash(into hasher: inout Hasher) {
      hasher.combine(text)
    }
  }
}
