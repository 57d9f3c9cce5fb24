import Foundation
import Millrace
import Testing

@Task private func data(_ count: Int) -> Data { Data((0..<count).map { UInt8($0 % 251) }) }
@Task private func size(_ data: Data) -> Int { data.count }
@Task private func text(_ url: URL, _ date: Date, _ id: UUID, _ price: Decimal) -> String {
  "\(url.absoluteString) \(date.timeIntervalSince1970) \(id.uuidString) \(price)"
}

@Suite(.timeLimit(.minutes(10))) struct FoundationValuesTests {
  @Test func `data is stored as its bytes`() async throws {
    let store = ArtifactStore.inMemory()
    let node = $data(100_000)
    #expect(try await $size(node).value(in: store) == 100_000)
    let binding = try #require(store.resolve("graph/data"))
    #expect(binding.codec == "bytes/1" && binding.size == 100_000)
    #expect(try await node.value(in: store) == data(100_000))
  }

  @Test func `Foundation's values are inputs as they are`() async throws {
    let store = ArtifactStore.inMemory()
    let url = try #require(URL(string: "https://example.org/a?b=c"))
    let id = try #require(UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F"))
    let node = $text(url, Date(timeIntervalSince1970: 12.5), id, Decimal(3))
    #expect(
      try await node.value(in: store)
        == "https://example.org/a?b=c 12.5 E621E1F8-C36C-495A-93FC-0C247A3E6E5F 3")
    #expect(try await Graph { node }.run(in: store).hits == 1)
  }
}
