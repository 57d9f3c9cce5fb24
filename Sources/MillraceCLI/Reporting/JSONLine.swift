import MillraceCoding
import MillraceEngine
import MillraceGraph
import MillraceStore

/// A line of `--json`: an object whose first member is `event`.
///
/// `run --json` prints, in this order but for warnings, which come at any place:
///
/// ```
/// {"event":"start","pipeline":"flight-delays","run":"06e…","nodes":12}
/// {"event":"retry","name":"fetch","attempt":1,"error":"…"}
/// {"event":"log","name":"fetch","attempt":1,"level":"info","source":"standardError","text":"…"}
/// {"event":"node","name":"report","task":"report","state":"executed","seconds":0.21,"attempts":1,"bytes":4096}
/// {"event":"warning","code":"tornTail","message":"…"}
/// {"event":"export","name":"report","path":"report.html"}
/// {"event":"print","name":"findings","text":"…"}
/// {"event":"error","code":"inputFile","message":"…"}
/// {"event":"run","status":"succeeded","nodes":12,"executed":3,"hits":9,"failed":0,"seconds":0.21}
/// ```
///
/// - `start` has a member `profile` if one of `millrace.json` is used.
/// - `retry`: an attempt failed and another follows.
/// - `log`: a task, or a program that it started, wrote a line. `level` is `debug`, `info`, `warning`
///   or `error`; `source` is `task`, `standardOutput` or `standardError`.
/// - `node`: a node has ended. `state` is `executed`, `hit`, `failed`, `skipped` or `cancelled`;
///   `bytes` is there if its value is stored, `error` if it failed. A hit whose bytes prove
///   unreadable is followed by a second line with what became of it.
/// - `error`: the run could not begin, or its results not be written. `code` is there where
///   it is known.
/// - `run`: always the last, also after a failure or an interrupt; `status` is `succeeded`,
///   `failed` or `cancelled`.
///
/// `plan --json` prints a line for each node, with `reason` unless it is a hit, then a last one:
///
/// ```
/// {"event":"node","name":"report","task":"report","state":"run","reason":"no earlier result"}
/// {"event":"plan","status":"succeeded","nodes":12,"run":3,"hits":8,"waiting":1,"onDemand":0}
/// ```
///
/// `plan --untracked --json` prints a line for each task instead:
///
/// ```
/// {"event":"task","task":"clean","file":"Cleaning.swift","line":12,"untracked":["parseRow"]}
/// {"event":"plan","status":"succeeded","tasks":9,"untracked":1}
/// ```
///
/// `seconds` is a number with up to six digits after the point. Members may be added; none will change.
/// A usage error prints no JSON.
struct JSONLine {
  private var members: [CBORItem.Pair]

  init(event: String) {
    members = []
    add("event", event)
  }

  mutating func add(_ name: String, _ text: String) { add(name, .text(text)) }

  mutating func add(_ name: String, _ texts: [String]) {
    add(name, .array(texts.map { .text($0) }))
  }

  mutating func add(_ name: String, _ count: Int) {
    add(name, count < 0 ? .negative(UInt64(~count)) : .unsigned(UInt64(count)))
  }

  mutating func add(_ name: String, _ flag: Bool) { add(name, .bool(flag)) }

  mutating func add(_ name: String, _ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let microseconds = (attoseconds + 500_000_000_000) / 1_000_000_000_000
    add(name, .float(Double(seconds * 1_000_000 + microseconds) / 1_000_000))
  }

  /// Objects, each of some members.
  mutating func add(_ name: String, _ objects: [[(String, CBORItem)]]) {
    add(name, .array(objects.map(Self.object)))
  }

  static func object(_ members: [(String, CBORItem)]) -> CBORItem {
    .map(members.map { CBORItem.Pair(key: .text($0), value: $1) })
  }

  private mutating func add(_ name: String, _ item: CBORItem) {
    members.append(CBORItem.Pair(key: .text(name), value: item))
  }

  /// The object, without a newline.
  var text: String { CBORItem.map(members).json() }
}
