import Dispatch
import Foundation
import Millrace
import Synchronization
import Testing

/// A graph that two processes build alike.
struct BorderRecipe: Codable, Sendable {
  enum Kind: Codable, Sendable, Equatable {
    case nearAlone, thereAndBack, fan, gathered, chain, storedCrossing, farStored
    case between, list, farList, reduced, repeated, chosen, member, twins
    case failing, lasting, flaky, dying, dyingAfterwards, waiting, waitingAsync, unforced
    case coded, logged, seeded, sameFile(String)
    case shape(BorderShape)
  }

  var token: String
  var kind: Kind

  init(_ kind: Kind) {
    token = UUID().uuidString
    self.kind = kind
  }

  func graph(on far: (any BackendReference)?) -> Graph {
    Graph(leaves: leaves(on: far).map(\.erased))
  }

  private func tag(_ name: String) -> String { "\(token)/\(name)" }

  /// - Parameter far: Where the nodes run that are not near; nil in the other process itself.
  /// - Parameter farther: A third place.
  func leaves(
    on far: (any BackendReference)?, and farther: (any BackendReference)? = nil
  ) -> [Node<Tracked>] {
    let far = far ?? .local
    let farther = farther ?? far
    switch kind {
    case .shape(let shape): return shape.leaves(token, on: far)
    case .nearAlone:
      let a = $made(tag("a"), 1)
      return [$joined(tag("c"), [$next(tag("b"), a), a])]
    case .thereAndBack:
      let b = Block(on: far) { $next(tag("b"), $made(tag("a"), 1).on(.local)) }
      return [$next(tag("c"), b)]
    case .fan:
      let a = $made(tag("a"), 1)
      let sides = Block(on: far) { (0..<3).map { $next(tag("b\($0)"), a) } }
      let shared = Block(on: far) { $made(tag("s"), 5) }
      let back = (0..<3).map { $next(tag("c\($0)"), shared) }
      return [$joined(tag("d"), sides + back)]
    case .gathered:
      let (a, b) = ($made(tag("a"), 1), $made(tag("b"), 2))
      return [Block(on: far) { $joined(tag("d"), [a, $next(tag("c"), b), a]) }]
    case .chain:
      let a = $made(tag("a"), 1)
      return [
        Block(on: far) {
          $next(tag("e"), $next(tag("d"), $next(tag("c"), $next(tag("b"), a))))
        }
      ]
    case .storedCrossing:
      let a = $saved(tag("a"), 1, "near")
      let sides = Block(on: far) { (0..<2).map { $next(tag("b\($0)"), a) } }
      return [$joined(tag("c"), sides)]
    case .farStored:
      let a = Block(on: far) { $saved(tag("a"), 1, "far") }
      return [$next(tag("b"), a), Block(on: far) { $next(tag("c"), a) }]
    case .between:
      let a = Block(on: far) { $made(tag("a"), 1) }
      let sides = Block(on: farther) { (0..<2).map { $next(tag("b\($0)"), a) } }
      return [Block(on: farther) { $joined(tag("c"), sides) }]
    case .list:
      let list = $several(tag("e"), 3)
      let results = Block(on: far) {
        ForEach(list) { element in $after("/out", $after("/in", element)) }
      }
      return [$joined(tag("sum"), results)]
    case .farList:
      let results = Block(on: far) {
        ForEach($several(tag("e"), 3)) { element in $after("/in", element) }
      }
      return [Block(on: far) { $joined(tag("sum"), results) }]
    case .reduced:
      return [
        Block(on: far) {
          Reduce(
            ForEach($several(tag("e"), 3).on(.local)) { $after("/in", $0) },
            into: $made(tag("zero"), 0)
          ) { $added($0, $1) }
        }
      ]
    case .repeated:
      return [
        Block(on: far) {
          Repeat(from: $made(tag("r"), 0)) {
            $isLarge($0, 3)
          } _: {
            $after("+", $0)
          }
        }
      ]
    case .chosen:
      let a = Block(on: far) { $made(tag("a"), 1) }
      let chosen = When(Block(on: far) { $isLarge(a, 1) }) {
        Block(on: far) { $next(tag("yes"), a) }
      } otherwise: {
        $next(tag("no"), a)
      }
      return [Block(on: far) { $next(tag("last"), chosen) }]
    case .member:
      let pair = Block(on: far) { $paired(tag("left"), tag("right")) }
      return [
        Block(on: far) { $next(tag("inside"), pair.left) }, $next(tag("outside"), pair.right),
      ]
    case .twins:
      let a = $made(tag("a"), 1)
      let one = $passing(tag("t"), a)
      let two = Block(on: far) { $passing(tag("t"), a) }
      return [$joined(tag("sum"), [one, two]), Block(on: far) { $next(tag("n"), two) }]
    case .failing:
      return [Block(on: far) { $failing(tag("a"), "no such river") }]
    case .lasting:
      return [Block(on: far) { $lasting(tag("a")) }]
    case .flaky:
      return [Block(on: far) { $flaky(tag("a")) }]
    case .dying:
      return [$next(tag("c"), Block(on: far) { $dying(tag("b"), $made(tag("a"), 1)) })]
    case .dyingAfterwards:
      let a = Block(on: far) { $made(tag("a"), 1) }
      let b = Block(on: far) { $dying(tag("b"), a) }
      return [a, $next(tag("c"), b)]
    case .waiting:
      return Block(on: far) { [$waiting(tag("a")), $begun(tag("b"))] }
    case .waitingAsync:
      return Block(on: far) { [$waitingAsync(tag("a")), $begun(tag("b"))] }
    case .unforced:
      return Block(on: far) { [$waiting(tag("a")).timeout(.seconds(5))] }
    case .coded:
      return [$opened(Block(on: far) { $closed(tag("a")) })]
    case .logged:
      return [Block(on: far) { $logged(tag("a")) }]
    case .seeded:
      return [Block(on: far) { $drawn(tag("a")) }]
    case .sameFile(let path):
      let file = InputFile(path)
      return [
        $named(tag("near"), $filed(file, 1)),
        Block(on: far) { $named(tag("far"), $filed(file, 1).on(far).named("filed far")) },
      ]
    }
  }
}

struct Pair: Codable, Sendable { var left, right: Tracked }

/// A value that cannot be encoded.
final class Closed: Sendable {
  let tag: String
  init(_ tag: String) { self.tag = tag }
}

@Task(cache: .off) func made(_ tag: String, _ number: Int) -> Tracked { Tracked(tag, number) }
@Task(cache: .off) func next(_ tag: String, _ value: Tracked) -> Tracked {
  Tracked(tag, value.number + 1)
}
@Task(cache: .off) func joined(_ tag: String, _ values: [Tracked]) -> Tracked {
  Tracked(tag, values.reduce(0) { $0 + $1.number })
}
@Task func saved(_ tag: String, _ number: Int, _ place: String) -> Tracked { Tracked(tag, number) }
@Task(cache: .transient) func passing(_ tag: String, _ value: Tracked) -> Tracked {
  Tracked(tag, value.number)
}
@Task(cache: .off) func several(_ tag: String, _ count: Int) -> [Tracked] {
  (0..<count).map { Tracked("\(tag)\($0)", $0) }
}
@Task(cache: .off) func after(_ suffix: String, _ value: Tracked) -> Tracked {
  Tracked(value.tag + suffix, value.number + 1)
}
@Task(cache: .off) func added(_ sum: Tracked, _ value: Tracked) -> Tracked {
  Tracked(sum.tag, sum.number * 10 + value.number)
}
@Task(cache: .off) func isLarge(_ value: Tracked, _ limit: Int) -> Bool { value.number >= limit }
@Task(cache: .off) func paired(_ left: String, _ right: String) -> Pair {
  Pair(left: Tracked(left, 1), right: Tracked(right, 2))
}
@Task(cache: .off) func closed(_ tag: String) -> Closed { Closed(tag) }
@Task(cache: .off) func opened(_ value: Closed) -> Tracked { Tracked(value.tag, 1) }
@Task(cache: .off) func filed(_ file: InputFile, _ number: Int) -> InputFile { file }
@Task func named(_ tag: String, _ file: InputFile) -> Tracked { Tracked(tag, 1) }

struct River: Error, CustomStringConvertible {
  var description: String
}
struct Lasting: NotRetryable {}

@Task(cache: .off) func failing(_ tag: String, _ text: String) throws -> Tracked {
  throw River(description: text)
}
@Task(cache: .off, retry: .times(3)) func lasting(_ tag: String) throws -> Tracked {
  throw Lasting()
}
@Task(cache: .off, retry: .times(3)) func flaky(_ tag: String, context: TaskContext) throws
  -> Tracked
{
  if context.attempt < 3 { throw River(description: "attempt \(context.attempt)") }
  return Tracked(tag, context.attempt)
}
@Task(cache: .off) func dying(_ tag: String, _ value: Tracked) -> Tracked {
  kill(getpid(), SIGKILL)
  return value
}

/// Which bodies have begun in this process.
private let beginnings = Mutex<[String: DispatchSemaphore]>([:])
private func beginning(_ tag: String) -> DispatchSemaphore {
  let token = String(tag.prefix { $0 != "/" })
  return beginnings.withLock { beginnings in
    if let known = beginnings[token] { return known }
    let new = DispatchSemaphore(value: 0)
    beginnings[token] = new
    return new
  }
}

/// Waits for the other body of its graph to begin.
@Task(cache: .off) func begun(_ tag: String) -> Tracked {
  beginning(tag).wait()
  return Tracked(tag, 1)
}
@Task(cache: .off) func waiting(_ tag: String, context: TaskContext) throws -> Tracked {
  let cancelled = DispatchSemaphore(value: 0)
  context.cancellation.onCancel { cancelled.signal() }
  beginning(tag).signal()
  cancelled.wait()
  try context.checkCancellation()
  return Tracked(tag, 1)
}
@Task(cache: .off) func waitingAsync(_ tag: String) async throws -> Tracked {
  signalBeginning(tag)
  try await Swift.Task.sleep(for: .seconds(3600))
  return Tracked(tag, 1)
}
private func signalBeginning(_ tag: String) { beginning(tag).signal() }
@Task(cache: .off) func logged(_ tag: String, context: TaskContext) -> Tracked {
  context.log.warning("in process \(getpid())")
  return Tracked(tag, Int(getpid()))
}
@Task(cache: .off) func drawn(_ tag: String, context: TaskContext) -> Tracked {
  var random = context.random
  return Tracked(tag, Int.random(in: 0..<1_000_000_000, using: &random))
}
