import ArgumentParser
import Millrace

/// The option names that are Millrace's in every pipeline.
///
/// ArgumentParser itself finds names that are declared twice in debug builds only. In a release
/// build one of the two options silently gets the value.
enum ReservedNames {
  static let all: Set<String> = [
    "backend", "store", "profile", "resource", "jobs", "memory", "keep-going", "no-keep-going",
    "seed", "json", "fingerprint", "untracked", "reason", "force", "only", "until", "format",
    "quiet", "q", "verbose", "v",
  ]

  /// Why a pipeline cannot be a command: a sentence, or nil if it can.
  static func refusal(of pipeline: any PipelineCommand.Type) -> String? {
    let declared = names(inDump: Array(pipeline._dumpHelp().utf8))
    let taken = all.intersection(declared).sorted()
    guard let first = taken.first(where: { $0.count > 1 }) ?? taken.first else { return nil }
    let list = taken.map { $0.count > 1 ? "'--\($0)'" : "'-\($0)'" }.joined(separator: ", ")
    return """
      Pipeline '\(pipeline)' declares \(list), which \(taken.count == 1 ? "is" : "are") Millrace's own; \
      rename the \(taken.count == 1 ? "property" : "properties"), or write for instance \
      '@Option(name: .\(first.count > 1 ? #"customLong("my-\#(first)")"# : "long"))'.
      """
  }

  /// The option names in what ArgumentParser says of a command.
  static func names(inDump json: [UInt8]) -> Set<String> {
    Set(strings(after: "name", inDump: json))
  }

  /// The JSON strings that follow a key, each time that it is there. Texts of the author cannot be taken for one, because their
  /// quotes are escaped.
  static func strings(after key: String, inDump json: [UInt8]) -> [String] {
    var strings: [String] = []
    var followsKey = false
    var position = json.startIndex
    while let start = json[position...].firstIndex(of: UInt8(ascii: "\"")) {
      var end = start + 1
      while end < json.endIndex, json[end] != UInt8(ascii: "\"") {
        end += json[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard end < json.endIndex else { break }
      let string = json[(start + 1)..<end]
      position = end + 1
      let next = json[position...].first { $0 != UInt8(ascii: " ") }
      let isKey = next == UInt8(ascii: ":")
      if !isKey && followsKey { strings.append(String(decoding: string, as: UTF8.self)) }
      followsKey = isKey && string.elementsEqual(key.utf8)
    }
    return strings
  }
}
