/// What a verification of a store found.
public struct VerificationReport: Sendable {
  /// Something that is not as it was written.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// What was found, where, and what it means.
    public var warning: StoreWarning
    /// What a repair does about it, as in `removes the object`; `nil` if it can do nothing.
    public var remedy: String?
    /// Whether this verification has repaired it.
    public var isRepaired: Bool

    /// The file, relative to the store.
    public var file: String { warning.file ?? "" }

    /// The file and the place, what is wrong, and what a repair does or did.
    public var description: String {
      switch (remedy, isRepaired) {
      case (nil, _): "\(warning)"
      case (let remedy?, false): "\(warning) A repair \(remedy)."
      case (_?, true): "\(warning) Repaired."
      }
    }
  }

  /// What is wrong: the `format` file first, then segments by name, then those that are
  /// missing, then artifacts by digest.
  public var problems: [Problem] = []
  /// How many records of the log were read, with those of its making.
  public var records: Int = 0
  /// How many objects were read.
  public var objects: Int = 0
  /// How many bytes were read: of the log and of objects.
  public var bytes: Int = 0
  /// Objects that no record refers to: of writers that died before they wrote the record, or that are just
  /// about to. Nothing is wrong with them.
  public var unreferenced: StoreTally = StoreTally()
  /// Files of objects that were never completed, by writers that died or that are at work.
  public var leftovers: StoreTally = StoreTally()
  /// How long it took.
  public var duration: Duration = .zero

  /// The problems that there still are.
  public var remaining: [Problem] { problems.filter { !$0.isRepaired } }
}
