import Foundation
import Millrace
import MillraceCoding
import Testing

@testable import MillraceGraph

@Task private func size(_ blob: Data) -> Int { blob.count }

/// Constants of bytes, which are hashed where they are.
@Suite(.timeLimit(.minutes(10))) struct ByteConstantTests {
  @Test(arguments: [0, 5, 300, 70_000])
  func `data has the digest of its encoding`(count: Int) throws {
    let value = Data((0..<count).map { UInt8(truncatingIfNeeded: $0) })
    // A slice does not begin at 0.
    for value in [value, (Data([1, 2]) + value).dropFirst(2)] {
      let cell = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
      defer { cell.deallocate() }
      Cell.initialize(cell, to: value)
      defer { Cell.destroy(cell, as: Data.self) }
      let constant = ValueType.keyed(Data.self, name: "Data")
      #expect(try constant.digest(of: cell) == .sha256(CBOR.encode(value)))
      let artifact = ValueType.coded(Data.self)
      #expect(try artifact.digest(of: cell) == .sha256(Array(value)))
    }
  }

  @Test func `the key has the digest of the constant's encoding`() async throws {
    let store = ArtifactStore.inMemory()
    let value = Data("some bytes".utf8)
    try await Graph { $size(value) }.run(in: store)
    let binding = try #require(store.names().first)
    let record = try #require(store.find(binding.key))
    let parts = try record.parts
    #expect(try parts["input:blob"] == .digest(.sha256(CBOR.encode(value))))
  }
}
