import MillraceCoding

/// A look at everything that a storage holds: what is wrong, and what a repair would have to do.
struct StoreAudit: Sendable {
  /// Something that is wrong, with what mends it.
  struct Finding: Sendable {
    var warning: StoreWarning
    var remedy: Remedy
  }

  enum Remedy: Hashable, Sendable {
    case writeFormat
    /// Writes the whole records of a segment anew.
    case rewrite(segment: String)
    /// Writes down that a segment is gone.
    case settle(segment: WriterID)
    case removeObject(Digest)
    /// Rewrites the segments that have records of a lost artifact.
    case forget(Digest)
    /// Nothing, for the reason that the warning gives.
    case none
  }

  private(set) var log: LogAudit
  private(set) var objects: ObjectAudit
  private(set) var findings: [Finding] = []
  private(set) var leftovers = StoreTally()
  private(set) var unreferenced = StoreTally()
  /// Which findings a repair has dealt with.
  var repaired: Set<Int> = []

  /// Looks at everything. The log comes first: objects are there before their records are.
  init(
    of storage: Storage, progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void
  ) throws {
    if let format = storage.format, let problem = try format.problem() {
      findings.append(
        Finding(
          warning: StoreWarning(
            .damagedFormat, "\(problem) The store is read as one of format 1.", file: "format"),
          remedy: .writeFormat))
    }
    log = try LogAudit(of: storage.logs)
    objects = try ObjectAudit(of: storage.blobs, progress: progress)
    leftovers = try storage.blobs.leftovers()
    findings += log.findings
    findings += artifactFindings()
    for (digest, outcome) in objects.outcomes where log.needs[digest] == nil {
      if case .whole(let size) = outcome { unreferenced.add(size) }
    }
  }

  /// Whether a record's content is to be had.
  func isThere(_ object: RecordLinks.Object) -> Bool {
    guard case .whole(let size)? = objects.outcomes[object.artifact] else { return false }
    return object.size == nil || object.size == size
  }

  /// Whether what a name stands for is to be had.
  func isThere(_ binding: NameBinding) -> Bool {
    if log.inline.contains(LogAudit.Result(key: binding.key, artifact: binding.artifact)) {
      return true
    }
    if case .whole? = objects.outcomes[binding.artifact] { return true }
    return false
  }

  private func artifactFindings() -> [Finding] {
    var findings: [Finding] = []
    let lost = Set(log.needs.keys).union(objects.outcomes.keys).sorted { $0.hex < $1.hex }
    for digest in lost {
      let file = "objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
      let need = log.needs[digest]
      let effect =
        switch need?.count {
        case nil: "No record refers to it."
        case 1: "A result counts as not stored."
        case let count?: "\(count) results count as not stored."
        }
      func add(_ code: StoreWarning.Code, _ what: String, _ remedy: Remedy) {
        findings.append(
          Finding(
            warning: StoreWarning(code, "\(what) \(effect)", file: file), remedy: remedy))
      }
      switch objects.outcomes[digest] {
      case .whole(let size)?:
        guard let need, let expected = need.size, expected != size else { continue }
        add(
          .corruptArtifact, "Its record says \(expected) bytes, and it has \(size).",
          .forget(digest))
      case .damaged?:
        add(.corruptArtifact, "Its bytes are not those of its name.", .removeObject(digest))
      case .unreadable(let why)?: add(.unreadableArtifact, "It cannot be read (\(why)).", .none)
      case nil: add(.missingArtifact, "The object is missing.", .forget(digest))
      }
    }
    for name in log.names where !isThere(name.binding) {
      // Said already, if there is a record of the artifact.
      guard log.needs[name.binding.artifact] == nil else { continue }
      findings.append(
        Finding(
          warning: StoreWarning(
            .missingArtifact,
            "The name '\(name.binding.name)' stands for an artifact that is not stored.",
            file: name.file, offset: name.offset),
          remedy: .rewrite(segment: name.segment)))
    }
    return findings
  }

  var report: VerificationReport {
    var report = VerificationReport()
    report.problems = findings.enumerated().map { number, finding in
      .init(
        warning: finding.warning, remedy: words(for: finding.remedy),
        isRepaired: repaired.contains(number))
    }
    report.records = log.records
    report.objects = objects.outcomes.count
    report.bytes = log.bytes + objects.bytes
    report.unreferenced = unreferenced
    report.leftovers = leftovers
    return report
  }

  private func words(for remedy: Remedy) -> String? {
    switch remedy {
    case .writeFormat: "writes it anew"
    case .rewrite: "writes the segment's whole records anew"
    case .settle: "writes down that it is gone"
    case .removeObject: "removes it and its records"
    case .forget: "removes the records of it"
    case .none: nil
    }
  }
}
