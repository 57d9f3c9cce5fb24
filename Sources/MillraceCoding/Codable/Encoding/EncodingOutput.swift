/// Where the encoders of one value, nested into each other, write.
final class EncodingOutput {
  // Every access is a plain read or write from the one thread that encodes.
  @exclusivity(unchecked) var writer = CBORWriter(reservingCapacity: 128)
  @exclusivity(unchecked) var activeDepth = 0

  let userInfo: [CodingUserInfoKey: any Sendable]

  init(userInfo: [CodingUserInfoKey: any Sendable]) {
    self.userInfo = userInfo
  }

  var count: Int { writer.bytes.count }

  /// Takes back what was written after a place.
  func truncate(to count: Int) {
    writer.bytes.removeLast(max(0, writer.bytes.count - count))
  }
}
