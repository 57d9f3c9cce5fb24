#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Millrace

private let blobSize = 64 << 20

@Task func flipBits(_ blob: Data, step: Int) -> Data {
  let mask = UInt64(UInt8(truncatingIfNeeded: 1 << step)) &* 0x0101_0101_0101_0101
  var blob = blob
  blob.withUnsafeMutableBytes { bytes in
    let words = bytes.bindMemory(to: UInt64.self)
    for index in words.indices { words[index] ^= mask }
  }
  return blob
}

/// W6: a large value through a few stored steps. Step *i* flips bit *i* of every byte.
///
/// A warm run asks for no value, and so must not read an artifact. What it found is checked
/// afterwards, by the digest that the store has recorded.
struct Blobs: Workload {
  static let isStored = true

  let blob: Data
  private let steps: Int
  private let mode: Arguments.Mode

  init(steps: Int, mode: Arguments.Mode) {
    self.steps = steps
    self.mode = mode
    var blob = Data(count: blobSize)
    blob.withUnsafeMutableBytes { bytes in
      let words = bytes.bindMemory(to: UInt64.self)
      var state: UInt64 = 1
      for index in words.indices {
        state = 6_364_136_223_846_793_005 &* state &+ 1_442_695_040_888_963_407
        words[index] = (state ^ state >> 29).littleEndian
      }
    }
    self.blob = blob
  }

  var asksForValues: Bool { mode != .warm }

  func leaves() -> [Node<Data>] {
    var node = $flipBits(blob, step: 0)
    for step in 1..<steps { node = $flipBits(node, step: step) }
    return [node.named("blob")]
  }

  /// A polynomial in the words of the last blob.
  func check(_ values: [Data]) -> UInt64 {
    var hash: UInt64 = 0
    for value in values {
      value.withUnsafeBytes { bytes in
        for word in bytes.bindMemory(to: UInt64.self) { hash = hash &* 31 &+ word.littleEndian }
      }
    }
    return hash & (1 << 53 - 1)
  }

  /// The same number if what the store says to be the last blob is that, otherwise 0.
  func check(_ store: ArtifactStore) -> UInt64 {
    let last = (0..<steps).reduce(blob) { flipBits($0, step: $1) }
    let digest = last.withUnsafeBytes { Digest.sha256($0) }
    return store.resolve("graph/blob")?.artifact == digest ? check([last]) : 0
  }

  func describe(_ outcome: Outcome, in report: inout Report) {
    report.set("bytes", steps * blobSize)
    report.set("executed", outcome.executed)
  }
}
