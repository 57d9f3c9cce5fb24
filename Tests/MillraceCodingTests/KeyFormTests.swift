import MillraceCoding
import Testing

/// A form gives the keys that lists of parts give, or results of other runs would not be found.
struct KeyFormTests {
  /// Names of several lengths, so that open parts come before, between and behind the fixed ones.
  private let fixed: [(String, KeyParts.Value)] = [
    ("task", .text("Reports.clean(_:)")), ("version", .integer(2)),
    ("fingerprint", .bytes([UInt8](repeating: 7, count: 100))),
  ]

  @Test(arguments: [
    [], ["a"], ["input:rows"], ["input:rows", "b", "input:aa"], ["z", "y", "x"],
    ["a very long name that comes behind all others", "input:zz"],
  ])
  func `a form encodes what a list of the same parts encodes`(open: [String]) {
    let values: [KeyParts.Value] = [
      .digest(.sha256([1])), .key(Key(.sha256([2]))), .list([.text("x"), .digest(.sha256([3]))]),
    ]
    var parts = KeyParts()
    for (name, value) in fixed { parts[name] = value }
    let form = KeyForm(parts, open: open)
    for (name, value) in zip(open, values) { parts[name] = value }
    let encoded = form.encoded { values[$0] }
    #expect(encoded == parts.encoded())
    #expect(form.key(ofEncoding: encoded) == parts.key)
    var writer = CBORWriter()
    writer.append(text: "what was there before")
    let key = form.key(in: &writer) { values[$0].append(to: &$1) }
    #expect(key == parts.key)
  }

  @Test(arguments: [[], ["a"], ["input:rows"], ["z", "a very long name behind all others", "b"]])
  func `a frame gives one key after another, as lists of the same parts`(open: [String]) {
    var parts = KeyParts()
    for (name, value) in fixed { parts[name] = value }
    var frame = KeyFrame(KeyForm(parts, open: open))
    for round in 0..<4 {
      for (place, name) in open.enumerated() {
        let digest = Digest.sha256([UInt8(round), UInt8(place)])
        if (round + place) % 2 == 0 {
          frame.set(place, to: digest)
          parts[name] = .digest(digest)
        } else {
          frame.set(place, to: Key(digest))
          parts[name] = .key(Key(digest))
        }
      }
      let key = frame.key()
      #expect(key == parts.key)
    }
  }
}
