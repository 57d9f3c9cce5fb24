import MillraceCoding

/// Removes what an audit found broken, while nobody else writes.
///
/// Records go first and objects last: who dies in between leaves objects that no record refers to, which
/// is no damage.
struct StoreRepair {
  let storage: Storage
  let options: StoreOptions
  let clock: LogicalClock

  func perform(_ audit: inout StoreAudit) throws {
    let broken = segments(of: audit)
    try rewrite(broken, audit)
    for (number, finding) in audit.findings.enumerated() {
      switch finding.remedy {
      case .writeFormat: try storage.format?.write()
      case .rewrite(let segment): guard broken.contains(segment) else { continue }
      case .forget(let digest): guard canForget(digest, audit) else { continue }
      case .removeObject(let digest):
        try storage.blobs.delete(digest)
        guard canForget(digest, audit) else { continue }
      case .none: continue
      }
      audit.repaired.insert(number)
    }
    try storage.blobs.removeLeftovers()
  }

  /// Whether no live writer holds a record of an artifact.
  private func canForget(_ digest: Digest, _ audit: StoreAudit) -> Bool {
    audit.log.needs[digest]?.segments.isDisjoint(with: audit.log.held) ?? true
  }

  /// The segments with something in them that has to go.
  private func segments(of audit: StoreAudit) -> Set<String> {
    var segments: Set<String> = []
    for finding in audit.findings {
      switch finding.remedy {
      case .rewrite(let segment): segments.insert(segment)
      case .forget(let digest), .removeObject(let digest):
        segments.formUnion(audit.log.needs[digest]?.segments ?? [])
      case .writeFormat, .none: break
      }
    }
    for name in audit.log.names where !audit.isThere(name.binding) { segments.insert(name.segment) }
    return segments.subtracting(audit.log.held)
  }

  private func rewrite(_ segments: Set<String>, _ audit: StoreAudit) throws {
    var rewriter = SegmentRewriter(storage.logs, random: options.random, clock: clock)
    for name in segments.sorted() {
      guard let walk = SegmentWalk(name, in: storage.logs) else { continue }
      _ = try walk.forEach { item in
        guard case .record(let payload, _) = item, let links = try? RecordLinks(payload),
          isKept(links, payload, audit)
        else { return }
        try rewriter.add(payload, from: walk.writer)
      }
    }
    try rewriter.finish()
    try storage.logs.remove(segments.sorted())
  }

  private func isKept(
    _ links: RecordLinks, _ payload: UnsafeRawBufferPointer, _ audit: StoreAudit
  ) -> Bool {
    switch links.record.content {
    case .segmentStart, .segmentEnd: false
    case .artifact:
      links.hasWholeArtifact(payload) && links.objects.allSatisfy(audit.isThere)
    case .name(let binding): audit.isThere(binding)
    case .runEnd, .invalidation, .runStart, .file, .attempt, .unknown: true
    }
  }
}
