import Foundation
import MillraceCoding
import Testing

@testable import MillraceStore

/// Files that were damaged, cut or removed: never a wrong value, always a warning where there is
/// something to warn of.
@Suite struct DamageTests {
  private let folder: TemporaryFolder
  private let results: [(key: Key, bytes: [UInt8])] = [
    (.sample(1), [1, 2, 3]), (.sample(2), []), (.sample(3), [UInt8](repeating: 7, count: 40)),
    (.sample(4), [4, 5]),
  ]

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Fills the folder with a store of the results, three in records and one an object.
  private func fill(closing: Bool = true, snapshot: Bool = false) throws {
    var options = StoreOptions.decided(by: Fate())
    if snapshot { options.snapshotMinimum = 1 }
    let store = try ArtifactStore.open(at: folder.path, options: options)
    for result in results { try store.save(result.bytes, for: result.key) }
    try store.bind("report", to: #require(store.find(.sample(1))))
    try store.flush()
    guard closing else {
      // Without its closing record, as after a kill.
      let bytes = try folder.read(segmentName)
      try store.close()
      try folder.write(bytes, to: segmentName, mode: 0o644)
      return
    }
    try store.close()
  }

  private var segmentName: String { folder.files().first { $0.hasPrefix("log/") } ?? "" }

  private var objectName: String {
    let hex = Digest.sha256(results[2].bytes).hex
    return "objects/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  /// Opens the store and asks for everything.
  ///
  /// - Returns: For each result whether it was found; and the warnings.
  private func ask() throws -> (found: [Bool], warnings: [StoreWarning.Code]) {
    let store = try ArtifactStore.open(at: folder.path, readOnly: true)
    let found = results.map { result in
      guard let bytes = store.value(of: result.key) else { return false }
      #expect(bytes == result.bytes, "a wrong value")
      return true
    }
    if let binding = store.resolve("report"), let bytes = try? store.load(binding) {
      #expect(bytes == results[0].bytes, "a wrong value by name")
    }
    return (found, store.warnings.map(\.code))
  }

  /// Where records begin in a segment, and where the last one ends.
  private func borders(of segment: [UInt8]) throws -> [Int] {
    let name = String(segmentName.dropFirst(4).dropLast(4))
    let seed = Frame.seed(for: try #require(WriterID(name: name)))
    return segment.withUnsafeBytes { bytes in
      let start = Frame.magic.count
      var scanner = SegmentScanner(
        UnsafeRawBufferPointer(rebasing: bytes[start...]), at: start, seed: seed)
      var borders = [start]
      while case .record(let range) = scanner.next() { borders.append(range.upperBound) }
      return borders
    }
  }

  @Test(arguments: [0x01, 0x80, 0xff] as [UInt8])
  func `any single byte flipped is a warning and a miss at most`(flip: UInt8) throws {
    try fill()
    #expect(try ask().found == [true, true, true, true])
    for name in folder.files() {
      let bytes = try folder.read(name)
      for position in bytes.indices {
        var damaged = bytes
        damaged[position] ^= flip
        try folder.write(damaged, to: name)
        let answer = try ask()
        #expect(!answer.warnings.isEmpty, "\(name) at \(position)")
        #expect(answer.found.filter { !$0 }.count <= 1, "\(name) at \(position)")
      }
      try folder.write(bytes, to: name)
    }
    #expect(try ask().warnings.isEmpty)
  }

  /// With a snapshot only the records are read that are asked for, so damage elsewhere stays unseen.
  @Test(arguments: [0x01, 0x80, 0xff] as [UInt8])
  func `any single byte flipped beside a snapshot is a miss at most`(flip: UInt8) throws {
    try fill(snapshot: true)
    #expect(try ask().found == [true, true, true, true])
    var snapshots = 0
    for name in folder.files() {
      let bytes = try folder.read(name)
      let isSnapshot = name.hasPrefix("index/")
      if isSnapshot { snapshots += 1 }
      for position in bytes.indices {
        var damaged = bytes
        damaged[position] ^= flip
        try folder.write(damaged, to: name)
        let answer = try ask()
        let misses = answer.found.filter { !$0 }.count
        #expect(misses <= (isSnapshot ? 0 : 1), "\(name) at \(position)")
        #expect(!answer.warnings.isEmpty || misses == 0, "\(name) at \(position)")
        if isSnapshot { #expect(answer.warnings == [.damagedIndex], "at \(position)") }
      }
      try folder.write(bytes, to: name)
    }
    #expect(snapshots == 1)
    #expect(try ask().warnings.isEmpty)
  }

  @Test func `a torn tail at any byte loses no record before it`() throws {
    try fill(closing: false)
    let segment = try folder.read(segmentName)
    let borders = try borders(of: segment)
    #expect(borders.count == 7, "the mark, four results and a name")
    let name = segmentName
    for count in 0..<segment.count {
      try folder.write(Array(segment[..<count]), to: name, mode: 0o644)
      let answer = try ask()
      let whole = borders.dropFirst(2).filter { $0 <= count }.count
      #expect(answer.found == results.indices.map { $0 < whole }, "cut to \(count)")
      let isClean = count == 0 || borders.contains(count)
      #expect(answer.warnings == (isClean ? [] : [.tornTail]), "cut to \(count)")
      #expect(try folder.read(name).count == count, "a reader never truncates")
    }
  }

  @Test func `a sealed segment cut anywhere is a warning`() throws {
    try fill()
    let segment = try folder.read(segmentName)
    let name = segmentName
    for count in 0..<segment.count {
      try folder.write(Array(segment[..<count]), to: name, mode: 0o444)
      #expect(try ask().warnings == [.truncatedSegment], "cut to \(count)")
    }
  }

  @Test func `a warning names the file and the place`() throws {
    try fill(closing: false)
    let segment = try folder.read(segmentName)
    let borders = try borders(of: segment)
    let name = segmentName
    var damaged = segment
    damaged[borders[2] + 30] ^= 1
    try folder.write(damaged, to: name)
    let store = try ArtifactStore.open(at: folder.path, readOnly: true)
    let warning = try #require(store.warnings.first)
    #expect(warning.code == .damagedRecord)
    #expect(warning.file == name)
    #expect(warning.offset == borders[2])
    #expect("\(warning)".hasPrefix("\(name) at byte \(borders[2]): "))
  }

  @Test func `a store is written on after a torn tail`() throws {
    try fill(closing: false)
    let segment = try folder.read(segmentName)
    try folder.write(Array(segment.dropLast(3)), to: segmentName, mode: 0o644)
    let store = try ArtifactStore.open(at: folder.path)
    try store.save([8], for: .sample(8))
    try store.close()
    let reopened = try ArtifactStore.open(at: folder.path)
    #expect(reopened.value(of: .sample(8)) == [8])
    #expect(reopened.value(of: .sample(4)) == [4, 5])
  }

  @Test func `half a record of a live writer is neither seen nor warned of`() throws {
    try fill(closing: false)
    let segment = try folder.read(segmentName)
    let borders = try borders(of: segment)
    let name = String(segmentName.dropFirst(4).dropLast(4))
    try folder.remove(segmentName)
    let live = try Storage.disk(at: folder.path).logs.create(name)
    let store = try ArtifactStore.open(at: folder.path, readOnly: true)
    var start = 0
    for end in 1...segment.count {
      try live.append(Array(segment[start..<end]))
      start = end
      try store.refresh()
      let whole = borders.dropFirst(2).filter { $0 <= end }.count
      let found = results.map { store.find($0.key) != nil }
      #expect(found == results.indices.map { $0 < whole })
    }
    #expect(store.warnings.isEmpty)
    #expect(store.resolve("report") != nil)
  }

  @Test func `a missing object is missing, and is stored again`() throws {
    try fill()
    try folder.remove(objectName)
    #expect(try ask().found == [true, true, false, true])
    #expect(try ask().warnings == [.missingArtifact])
    try saveAgain(expecting: .missing)
  }

  @Test(arguments: [0, 1, 39])
  func `a cut object is corrupt, and is stored again`(count: Int) throws {
    try fill()
    try folder.write(Array(results[2].bytes[..<count]), to: objectName)
    #expect(try ask().warnings == [.corruptArtifact])
    try saveAgain(expecting: .corrupt)
  }

  @Test func `a damaged object of the right size is replaced too`() throws {
    try fill()
    try folder.write([UInt8](repeating: 8, count: 40), to: objectName)
    try saveAgain(expecting: .corrupt)
  }

  private func saveAgain(expecting code: StoreFailure.Code) throws {
    let store = try ArtifactStore.open(at: folder.path, options: .decided(by: Fate()))
    let record = try #require(store.find(.sample(3)))
    let failure = #expect(throws: StoreFailure.self) { try store.load(record) }
    #expect(failure?.code == code)
    #expect(failure?.path == "\(folder.path)/\(objectName)")
    try store.invalidate(.sample(3), reason: "unreadable")
    #expect(store.find(.sample(3)) == nil)
    try store.save(results[2].bytes, for: .sample(3))
    try store.close()
    #expect(try ask().found == [true, true, true, true])
    #expect(try ask().warnings.isEmpty)
  }

  @Test func `a missing log is a store without results`() throws {
    try fill()
    try folder.remove("log")
    #expect(try ask().found == [false, false, false, false])
  }

  @Test func `files that are none of ours are left alone`() throws {
    try fill()
    try folder.write([1], to: "log/notes.txt")
    try folder.write([1], to: "log/notes.log")
    try folder.write([1], to: "objects/README")
    #expect(try ask().found == [true, true, true, true])
    #expect(try ask().warnings.isEmpty)
  }

  @Test func `a segment that cannot be read is a warning`() throws {
    try fill()
    let other = "log/\(String(repeating: "0", count: 32)).log"
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/\(other)", withIntermediateDirectories: false)
    let answer = try ask()
    #expect(answer.found == [true, true, true, true])
    #expect(answer.warnings == [.unreadableSegment])
  }
}
