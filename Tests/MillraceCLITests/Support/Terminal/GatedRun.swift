import Foundation
import Testing

@testable import MillraceCLI

/// A run of `GatedPipeline` on a terminal, whose steps do what a test tells them.
final class GatedRun {
  let terminal: PseudoTerminal
  let folder: TemporaryFolder
  private let gates: [String: Int32]

  /// - Parameters:
  ///   - steps: Names of steps; each waits for ``tell(_:_:)``.
  ///   - elements: Names of steps that come with the last one's result.
  init(
    _ steps: [String], elements: [String] = [], in folder: TemporaryFolder? = nil,
    options: [String] = [], environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    gates = Dictionary(
      uniqueKeysWithValues: (steps + elements).map { name in
        let path = "\(folder.path)/\(name)"
        mkfifo(path, 0o600)
        // For both, so that it can be opened before the step does.
        return (name, open(path, O_RDWR | O_CLOEXEC))
      })
    terminal = try PseudoTerminal(
      "GatedPipeline",
      [
        "--gates", folder.path, "--steps", steps.joined(separator: ","), "--store", folder.store,
        "--backend", "dispatch:\(max(2, steps.count))",
      ] + (elements.isEmpty ? [] : ["--grows"]) + options,
      environment: environment, columns: columns, rows: rows)
  }

  deinit {
    for gate in gates.values { close(gate) }
  }

  /// Gives a step commands, one a line.
  func tell(_ step: String, _ commands: String...) {
    guard let gate = gates[step] else { return }
    let text = Array(commands.map { $0 + "\n" }.joined().utf8)
    _ = text.withUnsafeBytes { write(gate, $0.baseAddress, $0.count) }
  }

  var screen: TerminalScreen { terminal.screen }

  /// Waits until the region says how much is done, such as `1/3`.
  @discardableResult
  func wait(forDone counts: String) -> Bool {
    terminal.wait { $0.lines.last?.contains("\(counts) ") == true }
  }
}
