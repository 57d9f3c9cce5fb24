import Foundation

/// Type-checks sources as a package that depends on Millrace would, with the modules that the tests
/// were built with.
struct Compiler {
  struct Outcome {
    var succeeded: Bool
    /// Everything that the compiler printed.
    var output: String
    /// The messages of errors, without places.
    var errors: [String] { messages(after: "error: ") }
    var warnings: [String] { messages(after: "warning: ") }

    private func messages(after mark: String) -> [String] {
      output.split(separator: "\n").compactMap { line in
        line.hasPrefix("/") || line.hasPrefix("macro expansion")
          ? line.range(of: mark).map { String(line[$0.upperBound...]) } : nil
      }
    }
  }

  /// The build folder that this test bundle lies in.
  private static let buildFolder: URL = {
    let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    // On Apple platforms the executable lies deep in a bundle.
    var folder = executable.deletingLastPathComponent()
    while folder.path.count > 1,
      !FileManager.default.fileExists(atPath: folder.appending(path: "Modules").path)
    {
      folder = folder.deletingLastPathComponent()
    }
    return folder
  }()

  /// - Parameter source: A file's content, without `import Millrace`.
  static func typeCheck(_ source: String) throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "millrace-compiling-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "Snippet.swift")
    try ("import Millrace\n" + source).write(to: file, atomically: true, encoding: .utf8)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-module-name",
        "Snippet",
      ]
      + ["-I", buildFolder.appending(path: "Modules").path]
      + moduleMaps.flatMap { ["-Xcc", "-fmodule-map-file=\($0.path)"] }
      + ["-load-plugin-executable", "\(plugin.path)#MillraceMacros", file.path]
    // The compiler leaves a folder of its own behind.
    var environment = ProcessInfo.processInfo.environment
    environment["TMPDIR"] = folder.path
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      succeeded: process.terminationStatus == 0, output: String(decoding: output, as: UTF8.self))
  }

  private static var moduleMaps: [URL] {
    ["CMillraceSHA", "CMillraceCRC", "CMillraceFiles", "CMillraceRecords"].map { target in
      buildFolder.appending(path: "\(target).build/module.modulemap")
    }
  }

  private static var plugin: URL { buildFolder.appending(path: "MillraceMacros-tool") }
}
