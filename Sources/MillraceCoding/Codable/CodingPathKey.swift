/// A step of a coding path that no type's own `CodingKey` describes.
enum CodingPathKey: CodingKey {
  case index(Int)
  case name(String)

  static var `super`: Self { .name("super") }

  init?(stringValue: String) { self = .name(stringValue) }
  init?(intValue: Int) { self = .index(intValue) }

  var stringValue: String {
    switch self {
    case .index(let index): String(index)
    case .name(let name): name
    }
  }

  var intValue: Int? {
    switch self {
    case .index(let index): index
    case .name: nil
    }
  }
}
