import Millrace

// One of each kind of declaration that can be tracked, and tasks that use them. That it compiles is a
// part of the test; `FollowingTests` says what is reached.

@Tracked let separators: Set<Character> = [" ", "-"]
@Tracked var doubledLimit: Int { helperLimit * 2 }
@Tracked private let helperLimit = 21

@Tracked
func splitWords(_ text: String) -> [String] {
  text.split { separators.contains($0) }.map(String.init)
}

/// An overload: both count.
@Tracked
func splitWords(_ text: String, upTo limit: Int) -> [String] {
  Array(splitWords(text).prefix(limit))
}

@Tracked
func firstOf<Value: Sendable>(_ values: [Value]) throws -> Value? { values.first }

@Tracked
struct Scorer: Codable, Sendable {
  var weight = 1.0
  func score(_ words: [String]) -> Double { weight * Double(words.count) }
}

@Tracked
struct Boxed<Value: Sendable>: Sendable {
  var value: Value
}

@Tracked
enum Spelling {
  case small, capital
  func apply(_ text: String) -> String {
    switch self {
    case .small: text.lowercased()
    case .capital: text.uppercased()
    }
  }
}

@Tracked
final class Tally: Sendable {
  let start = 1
}

@Tracked
actor Keeper {
  var count = 0
  func keep() { count += doubledLimit }
}

@Tracked
extension Scorer {
  func doubled() -> Scorer { Scorer(weight: weight * 2) }
}

@Tracked
extension Array where Element == String {
  var joinedByCommas: String { joined(separator: ",") }
}

enum Shifts {
  @Tracked static let base = 10
  @Tracked static func shift(_ number: Int) -> Int { number + base }

  @Task
  static func shifted(_ number: Int) -> Int { shift(number) }
}

struct Window: Codable, Sendable {
  var size: Int
  @Tracked init(half: Int) { size = half * 2 }
  @Tracked func covers(_ number: Int) -> Bool { number < size }
  @Tracked var isOdd: Bool { !size.isMultiple(of: 2) }
}

@MainActor
final class Screen {
  @Tracked static func width() -> Int { 80 }
  @Tracked func height() -> Int { Screen.width() / 2 }
}

@available(macOS 26, *)
@Tracked
func recentHelper() -> Int { 1 }

@available(macOS 26, *)
@Task
func recentTask() -> Int { recentHelper() }

@Task func tokens(_ text: String) -> [String] { splitWords(text) }
@Task func scored(_ text: String) -> Double { Scorer().score(tokens(text)) }
@Task func listed(_ words: [String]) -> String { words.joinedByCommas }
@Task func windowed(_ number: Int) -> Bool { Window(half: 2).covers(number) }
@Task func plainly(_ number: Int) -> Int { number + 1 }
@Task func shiftedTwice(_ number: Int) -> Int { Shifts.shift(Shifts.shifted(number)) }

// Names that expanded code might take for its own.
@Task func record(_ number: Int) -> Int { number }
@Task func report(_ number: Int) -> Int { number }
@Tracked func helpers() -> Int { 1 }
