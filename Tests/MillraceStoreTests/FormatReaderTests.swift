import Foundation
import MillraceCoding
import MillraceStore
import Testing

private let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

/// The formats are documented well enough for a reader in another language: `docs/read_store.py` is one.
@Suite(.enabled(if: python != nil)) struct FormatReaderTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/read_store.py").standardized.path

  /// - Returns: What the script printed, and whether it succeeded.
  private func read(_ arguments: [String]) throws -> (output: [UInt8], isSuccess: Bool) {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [Self.script] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return ([UInt8](bytes), process.terminationStatus == 0)
  }

  private func makeStore(in folder: TemporaryFolder) throws -> [NameBinding] {
    let store = try Place(folder: folder).openStore()
    for number in 0..<20 {
      var facts = ArtifactFacts.sample(node: "n\(number)", run: store.makeRunID())
      facts.pipeline = "demo"
      // Small ones are in the log, large ones are objects.
      let bytes = [UInt8](repeating: UInt8(number), count: number * 1500)
      try store.save(bytes, for: .sample(UInt8(number)), facts: facts)
    }
    let last = try #require(store.find(.sample(3)))
    try store.bind("chosen", to: last)
    try store.bind("demo/n4", to: last)
    try store.flush()
    return store.names()
  }

  @Test func `it says what each name stands for`() throws {
    let folder = try TemporaryFolder()
    let names = try makeStore(in: folder)
    let expected = names.map { binding in
      let size = String(repeating: " ", count: 9 - "\(binding.size)".count) + "\(binding.size)"
      return "\(binding.artifact.hex.prefix(12))  \(size)  bytes/1   \(binding.name)"
    }
    let (output, isSuccess) = try read([folder.path + "/store"])
    #expect(isSuccess)
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines == expected)
  }

  @Test(arguments: ["demo/n0", "demo/n2", "demo/n4", "demo/n19", "chosen"])
  func `it gives the bytes of a name`(name: String) throws {
    let folder = try TemporaryFolder()
    let binding = try #require(try makeStore(in: folder).first { $0.name == name })
    let store = try Place(folder: folder).openStore()
    let (output, isSuccess) = try read([folder.path + "/store", name])
    #expect(isSuccess)
    #expect(try output == store.load(binding))
  }

  @Test func `it passes over what is damaged, and says what it does not find`() throws {
    let folder = try TemporaryFolder()
    _ = try makeStore(in: folder)
    let log = try #require(folder.files().first { $0.hasSuffix(".log") })
    var bytes = try folder.read(log)
    bytes[bytes.count / 2] ^= 0x10
    bytes.removeLast(5)
    try folder.write(bytes, to: log)
    let store = try Place(folder: folder).openStore()
    let (output, isSuccess) = try read([folder.path + "/store"])
    #expect(isSuccess)
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == store.names().count && lines.count < 21)
    #expect(try !read([folder.path + "/store", "nothing"]).isSuccess)
  }
}
