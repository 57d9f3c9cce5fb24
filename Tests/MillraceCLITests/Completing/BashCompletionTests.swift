import Foundation
import MillraceCLI
import Testing

@testable import MillraceCLI

/// The script of a real program in a real shell.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")))
struct BashCompletionTests {
  /// Has the names that the program will be asked for.
  private struct Gated: PipelineCommand {
    static let pipelineName = "gated-pipeline"

    var body: Graph {
      $square(1).named("report")
      $square(2).named("release")
      $square(3).named("it's $(touch trap) `touch trap` \\ *")
      $drawn(4).named("train")
    }
  }

  private let folder: TemporaryFolder

  init() async throws {
    folder = try TemporaryFolder()
    let printed = await run(Gated.self, ["--store", folder.store])
    #expect(printed.status == 0, "\(printed.errors)")
    try folder.write(
      Array(#"{"profiles": {"laptop": {}, "server": {"store": "store"}}}"#.utf8),
      to: SettingsFile.name)
  }

  private func press(_ words: String...) throws -> [String] {
    let program = PseudoTerminal.folder.appendingPathComponent("GatedPipeline").path
    return try complete([program] + words)
  }

  /// What the shell offers when the key is pressed behind the last word.
  private func complete(_ words: [String], function: String = "_GatedPipeline") throws -> [String] {
    let script = """
      cd "$1" || exit 1
      source <("$2" --generate-completion-script bash)
      COMP_WORDS=("${@:2}")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      word="${COMP_WORDS[COMP_CWORD]}"
      \(function) "$2" "$word" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["--norc", "-c", script, "bash", folder.path] + words
    let output = Pipe()
    shell.standardOutput = output
    shell.standardError = output
    try shell.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func `names of the store are completed`() throws {
    #expect(try press("read", "--store", "store", "re") == ["release", "report"])
    #expect(try press("read", "--profile", "server", "rep") == ["report"])
    #expect(try press("plan", "--store", "=", "store", "--force", "rel") == ["release"])
    #expect(try press("--profile", "server", "--only", "rep") == ["report"])
    #expect(try press("read", "re") == [])
    #expect(try folder.names() == [SettingsFile.name, "store"])
  }

  @Test func `a name is never more than a name`() throws {
    let all = try press("read", "--store", "store", "")
    #expect(all.contains("it's $(touch trap) `touch trap` \\ *"))
    #expect(all.contains("train::plot"))
    #expect(try folder.names() == [SettingsFile.name, "store"])
  }

  @Test func `the script of a catalog leads to the pipeline`() async throws {
    // In place of the program, as which it answers what it was asked.
    let script = await run(
      catalog: CompletionsTests.Pair.self, ["--generate-completion-script", "bash"])
    try folder.write(Array(script.output.utf8), to: "script")
    let program = "\(folder.path)/pair"
    let text = """
      #!/bin/sh
      case "$1" in
      ---completion) echo "$2|$3|$4|$5" ;;
      *) cat "\(folder.path)/script" ;;
      esac
      """
    try folder.write(Array(text.utf8), to: "pair")
    #expect(chmod(program, 0o755) == 0)
    func press(_ words: String...) throws -> [String] {
      try complete([program] + words, function: "_pair")
    }
    #expect(try press("") == ["-h", "--help", "squares", "half", "help"])
    #expect(try press("squares", "ex") == ["explain"])
    #expect(try press("squares", "read", "") == ["squares|read|--|positional@0"])
    #expect(try press("half", "--force", "") == ["half|--|--force|3"])
    #expect(try press("half", "--num") == ["--number"])
  }

  @Test func `profiles, verbs and choices are completed`() throws {
    #expect(try press("read", "--profile", "") == ["laptop", "server"])
    #expect(try press("hist") == ["history"])
    #expect(try press("--backend", "") == ["local", "dispatch"])
    #expect(try press("--fingerprint", "e") == ["executable"])
    #expect(try press("--gat") == ["--gates"])
    #expect(try press("run", "--step") == ["--steps"])
  }
}

@Task func drawn(_ number: Int, context: TaskContext) throws -> Int {
  try context.artifacts.save(number, as: "plot")
  return number
}
