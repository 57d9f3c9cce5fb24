import Dispatch
import EmbeddedService
import Foundation
import Millrace

/// The service as a process: requests come as lines of standard input, answers go as lines to standard
/// output, and what there is to know besides to standard error.
///
///     $ echo 'where are results kept?' | swift run EmbeddedService docs
@main
enum Command {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count <= 2, !arguments.contains(where: { $0.hasPrefix("-") }) else {
      complain("usage: EmbeddedService [FOLDER [STORE]]   by default 'docs' and '.millrace'")
      exit(64)
    }
    let folder = arguments.first ?? "docs"
    do {
      var options = StoreOptions()
      options.onWarning = { complain("warning: \($0)") }
      let store = try ArtifactStore.open(
        at: arguments.dropFirst().first ?? ".millrace", options: options)
      let service = SearchService(folder: folder, store: store)
      let result = try await service.reload(observers: [IndexLog()])
      let sections = await service.sectionCount
      complain(
        "\(sections) sections in \(folder): \(result.executed) executed, \(result.hits) hits")
      await service.serve(standardInput()) { answer in
        print(answer)
        fflush(nil)
      }
      try store.close()
    } catch {
      complain("error: \(error)")
      exit(1)
    }
  }

  /// The lines of standard input; each is read when it is asked for, on a thread that may wait.
  private static func standardInput() -> AsyncStream<String> {
    let queue = DispatchQueue(label: "standard input")
    return AsyncStream {
      await withCheckedContinuation { line in
        queue.async { line.resume(returning: readLine()) }
      }
    }
  }

  fileprivate static func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}

/// Tells which texts are read anew.
private struct IndexLog: RunObserver {
  func receive(_ event: RunEvent) {
    guard case .nodeFinished(let report) = event, report.state == .executed else { return }
    Command.complain("executed \(report.name)")
  }
}
