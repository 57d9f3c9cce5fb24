import MillraceStore
import Testing

@Suite struct FileStampTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `a stamp is equal until the file changes`() throws {
    try folder.write([1, 2, 3], to: "file")
    let before = try FileStamp(ofFileAt: "\(folder.path)/file")
    #expect(before.size == 3)
    #expect(before.modified > 1_600_000_000_000_000_000)
    #expect(try FileStamp(ofFileAt: "\(folder.path)/file") == before)
    try folder.write([1, 2], to: "other")
    #expect(try FileStamp(ofFileAt: "\(folder.path)/other").inode != before.inode)
  }

  @Test func `a file that is not there is an error`() {
    let error = #expect(throws: SystemCallError.self) {
      try FileStamp(ofFileAt: "\(folder.path)/none")
    }
    #expect(error?.call == "stat")
  }
}
