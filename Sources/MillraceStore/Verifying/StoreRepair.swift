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
      case .settle: break
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
      case .writeFormat, .settle, .none: break
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
        if let end = endWithoutListing(links, audit) {
          let writer = links.record.writer ?? walk.writer
          try end.withUnsafeBytes { try rewriter.add($0, from: writer) }
        } else {
          try rewriter.add(payload, from: walk.writer)
        }
      }
    }
    try rewriter.finish { new in
      audit.log.ledger.note(
        removing: Set(segments.compactMap(WriterID.init(name:))), among: audit.log.segments,
        new: new, settling: true)
    }
    try storage.logs.remove(segments.sorted())
  }

  /// The end of a run whose listing is lost, with all that is not; `nil` for other records.
  private func endWithoutListing(_ links: RecordLinks, _ audit: StoreAudit) -> [UInt8]? {
    guard case .runEnd(let run, let status, let counts, _?) = links.record.content,
      !links.objects.allSatisfy(audit.isThere)
    else { return nil }
    return RunEvent.end(
      run, status: status, counts: counts, listing: nil, time: links.record.time)
  }

  private func isKept(
    _ links: RecordLinks, _ payload: UnsafeRawBufferPointer, _ audit: StoreAudit
  ) -> Bool {
    switch links.record.content {
    // What is still to be said of segments is said anew.
    case .segmentStart, .segmentEnd, .segments: false
    case .artifact:
      links.hasWholeArtifact(payload) && links.objects.allSatisfy(audit.isThere)
    case .name(let binding): audit.isThere(binding)
    case .runEnd, .invalidation, .runStart, .file, .attempt, .unknown: true
    }
  }
}
