import ArgumentParser
import Dispatch
import MillraceStore
import Synchronization

/// What a shell offers for names that only a store or `millrace.json` has.
///
/// Completion scripts call the program back. Whatever goes wrong then, there is nothing to offer: a message would
/// come to stand in the middle of somebody's command line. Nothing is created or written.
struct Completions: Sendable {
  /// What is being completed.
  enum Subject: Sendable {
    /// Names of the pipeline's nodes.
    case nodes
    /// The same, and the names of other pipelines in full.
    case names
    case runs
    case profiles
  }

  var pipeline: String
  var session: Session

  /// Those of the call that is being answered.
  @TaskLocal static var current: Completions?

  /// Asks ``current``, which is nil unless a script calls.
  static func of(_ subject: Subject) -> CompletionKind {
    .custom { words, index, _ in
      guard let current else { return [] }
      let line = CompletionLine(words, index: index, shell: .requesting)
      return bounded { current.candidates(for: subject, in: line) }.map(line.spelled)
    }
  }

  /// More than anybody reads.
  static let maximumCount = 500

  /// - Returns: At most ``maximumCount``, those first that were named by hand.
  func candidates(for subject: Subject, in line: CompletionLine) -> [String] {
    let all = (try? all(of: subject, in: line)) ?? []
    // Shells choose from few in ways of their own, as without regard to case.
    if all.count <= Self.maximumCount { return all }
    return Array(all.lazy.filter { $0.hasPrefix(line.word) }.prefix(Self.maximumCount))
  }

  private func all(of subject: Subject, in line: CompletionLine) throws -> [String] {
    switch subject {
    case .profiles:
      return try SettingsFile.read(in: session.folder)?.profiles.keys.sorted() ?? []
    case .runs:
      let runs = try store(line).runs().reversed().filter { $0.pipeline == pipeline }
      return ["last", "previous"] + runs.map(\.id.shortForm)
    case .nodes, .names:
      let names = try store(line).names().map(\.name).filter(Self.isPrintable)
      let own = names.filter { $0.hasPrefix("\(pipeline)/") }
        .map { NameSearch.short($0, in: pipeline) }
      let named = own.filter { !$0.contains("#") } + own.filter { $0.contains("#") }
      guard case .names = subject else { return named }
      return named + names.filter { !$0.hasPrefix("\(pipeline)/") }
    }
  }

  /// The store that the line means.
  private func store(_ line: CompletionLine) throws -> ArtifactStore {
    var location = try StoreLocation.parse([])
    location.store = try line.value(of: "--store", home: session.environment("HOME"))
      .map { text throws(Settings.Problem) in try StoreChoice(text) }
    location.profile = line.value(of: "--profile", home: nil)
    return try ArtifactStore.open(
      at: location.folder(in: session, purpose: "complete"), readOnly: true)
  }

  /// Lines stand for candidates.
  private static func isPrintable(_ name: String) -> Bool {
    name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  /// What a body gives, or nothing if that takes longer than anybody waits for a shell.
  private static func bounded(
    _ body: @escaping @Sendable () -> [String]
  ) -> [String] {
    let result = SharedResult()
    let end = DispatchSemaphore(value: 0)
    DispatchQueue.global(qos: .userInitiated).async {
      result.value.withLock { $0 = body() }
      end.signal()
    }
    guard end.wait(timeout: .now() + .seconds(3)) == .success else { return [] }
    return result.value.withLock { $0 }
  }

  private final class SharedResult: Sendable {
    let value = Mutex<[String]>([])
  }
}
