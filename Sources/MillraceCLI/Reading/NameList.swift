import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The names of a store as a table: name, size, codec, and when the name was bound.
struct NameList {
  var pipeline: String
  var time: (LogicalTime) -> String = NameList.localTime

  /// The names of the pipeline first, then those of others in full.
  func lines(_ bindings: [NameBinding]) -> [String] {
    let isOwn = { (binding: NameBinding) in binding.name.hasPrefix("\(pipeline)/") }
    let ordered = bindings.filter(isOwn) + bindings.filter { !isOwn($0) }
    let rows = ordered.map { binding in
      [
        NameSearch.short(binding.name, in: pipeline), Amounts.size(binding.size), binding.codec,
        time(binding.time),
      ]
    }
    func width(_ column: Int) -> Int { rows.map { $0[column].count }.max() ?? 0 }
    let (name, size, codec) = (width(0), width(1), width(2))
    return rows.map { row in
      let cells = [row[0].filled(to: name), row[1].aligned(to: size), row[2].filled(to: codec)]
      return (cells + [row[3]]).joined(separator: "  ")
    }
  }

  /// `2026-01-31 14:05:09` in the time zone of the process.
  static func localTime(_ time: LogicalTime) -> String {
    var seconds = time_t(time.nanoseconds / 1_000_000_000)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return "" }
    return String(unsafeUninitializedCapacity: 32) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { buffer in
        strftime(buffer.baseAddress!, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
      }
    }
  }
}
