import Testing

@testable import MillraceStore

@Suite struct RunIDTests {
  private let id = RunID(milliseconds: 1_700_000_000_123, random: (0xabcdef, 0x0123_4567_89ab_cdef))

  @Test func `the text is 26 characters and comes back`() {
    #expect(id.description == "01hf7yat3vsqqg28t5cy4tqkff")
    #expect(RunID(id.description) == id)
    #expect(RunID(id.description.uppercased()) == id)
    #expect(id.shortForm == "cy4tqkff")
    #expect(id.milliseconds == 1_700_000_000_123)
  }

  @Test(
    arguments: [
      "", "01hf7yat3v", "01hf7yat3vsqqg28t5cy4tqkffx", "u1hf7yat3vsqqg28t5cy4tqkff",
      "81hf7yat3vsqqg28t5cy4tqkff", "01hf7yat3v qqg28t5cy4tqkff",
    ])
  func `other texts are none`(text: String) {
    #expect(RunID(text) == nil)
  }

  @Test func `ids sort by time, as their texts do`() {
    let ids = [5, 6, 1000, 1 << 40].map { milliseconds in
      RunID(milliseconds: milliseconds, random: (.max - milliseconds, .max - milliseconds))
    }
    #expect(ids.sorted() == ids)
    #expect(ids.map(\.description).sorted() == ids.map(\.description))
  }

  @Test func `the bytes come back`() {
    #expect(id.withUnsafeBytes { RunID(bytes: Array($0)) } == id)
    #expect(RunID(bytes: [1]) == nil)
  }
}
