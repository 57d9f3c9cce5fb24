import MillraceCoding
import MillraceEngine
import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// All that happened to a name, as lines, the latest first.
struct NameHistory {
  private enum Event {
    case bound(NameBinding, ArtifactRecord?)
    case invalidated(InvalidationRecord)

    var time: LogicalTime {
      switch self {
      case .bound(let binding, _): binding.time
      case .invalidated(let record): record.time
      }
    }
  }

  private let events: [Event]
  private let name: String

  init(_ name: String, in store: ArtifactStore) {
    let bindings = store.history(of: name)
    var events = bindings.map { binding in
      Event.bound(
        binding, store.records(of: binding.key).first { $0.artifact == binding.artifact })
    }
    for key in Set(bindings.map(\.key)) {
      events += store.invalidations(of: key).map(Event.invalidated)
    }
    self.events = events.sorted { $0.time > $1.time }
    self.name = name
  }

  var text: [String] {
    events.map { event in
      let time = NameList.localTime(event.time)
      switch event {
      case .bound(let binding, let record):
        let run = binding.run.map { "run \($0.shortForm)" } ?? ""
        let size = Amounts.size(binding.size).aligned(to: 8)
        let accepted =
          record?.acceptance.map { acceptance in
            "accepted from key \(acceptance.key.digest.hex.prefix(12)): \(acceptance.reason)"
          } ?? ""
        return "\(time)  \(binding.artifact.hex.prefix(12))  \(size)  \(run)\(accepted)"
      case .invalidated(let record):
        return "\(time)  invalidated key \(record.key.digest.hex.prefix(12)): \(record.reason)"
      }
    }
  }

  var json: [String] {
    events.map { event in
      switch event {
      case .bound(let binding, let record):
        var line = JSONLine(event: record?.acceptance == nil ? "bound" : "accepted")
        line.add("name", name)
        line.add("time", TimeStamp.text(binding.time))
        line.add("artifact", binding.artifact.hex)
        line.add("key", binding.key.digest.hex)
        line.add("bytes", binding.size)
        if let run = binding.run { line.add("run", "\(run)") }
        if let acceptance = record?.acceptance {
          line.add("acceptedKey", acceptance.key.digest.hex)
          line.add("reason", acceptance.reason)
        }
        return line.text
      case .invalidated(let record):
        var line = JSONLine(event: "invalidated")
        line.add("name", name)
        line.add("time", TimeStamp.text(record.time))
        line.add("key", record.key.digest.hex)
        line.add("reason", record.reason)
        return line.text
      }
    }
  }
}

/// Times as programs read them.
enum TimeStamp {
  /// RFC 3339 in UTC, `2026-01-31T14:05:09Z`.
  static func text(_ time: LogicalTime) -> String {
    var seconds = time_t(time.nanoseconds / 1_000_000_000)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return "" }
    return String(unsafeUninitializedCapacity: 32) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { buffer in
        strftime(buffer.baseAddress!, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
      }
    }
  }
}
