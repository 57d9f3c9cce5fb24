import Foundation
import Millrace

/// Compiles generated sources with the modules and macros that lie beside this program, as packages that
/// depend on Millrace have them compiled.
struct Compiling {
  enum Mode {
    /// As a debug build: files in batches, and the module beside them.
    case debug
    /// As a release build: all files at once, optimised.
    case release
    /// Types alone.
    case checking

    fileprivate var arguments: [String] {
      switch self {
      case .debug: ["-c", "-Onone", "-enable-batch-mode", "-j2", "-emit-module"]
      case .release: ["-c", "-O", "-wmo", "-num-threads", "2", "-emit-module"]
      case .checking: ["-typecheck"]
      }
    }
  }

  /// What a compiler that failed has said.
  struct Failure: Error, CustomStringConvertible { var description: String }

  private let build = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent()

  /// - Parameter files: The contents of one module's files.
  /// - Returns: How long the compiler took.
  func time(of files: [String], _ mode: Mode) throws -> Duration {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "millrace-compiling-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let places = try files.enumerated().map { number, content in
      let place = folder.appending(path: "File\(number).swift")
      try content.write(to: place, atomically: true, encoding: .utf8)
      return place.path
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.currentDirectoryURL = folder
    process.arguments =
      ["swiftc", "-parse-as-library", "-swift-version", "6", "-module-name", "Steps"]
      + mode.arguments + ["-I", build.appending(path: "Modules").path] + moduleMaps
      + ["-load-plugin-executable", "\(plugin)#MillraceMacros"] + places
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    let start = ContinuousClock.now
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let end = ContinuousClock.now
    guard process.terminationStatus == 0 else {
      throw Failure(description: String(decoding: output, as: UTF8.self))
    }
    return start.duration(to: end)
  }

  private var plugin: String { build.appending(path: "MillraceMacros-tool").path }

  private var moduleMaps: [String] {
    ["CMillraceSHA", "CMillraceCRC", "CMillraceFiles", "CMillraceRecords"].flatMap { target in
      let place = build.appending(path: "\(target).build/module.modulemap").path
      return ["-Xcc", "-fmodule-map-file=\(place)"]
    }
  }
}

/// What N tasks add to a build: the same functions are compiled with `@Task` and without.
func measureTaskCompiling(_ arguments: Arguments) throws -> Report {
  let compiling = Compiling()
  var report = Report(arguments)
  for (name, mode) in [("debug", Compiling.Mode.debug), ("release", .release)] {
    let plain = try compiling.time(of: functions(arguments.count, areTasks: false), mode)
    let tasks = try compiling.time(of: functions(arguments.count, areTasks: true), mode)
    report.set("\(name)_plain_s", plain)
    report.set("\(name)_tasks_s", tasks)
    report.set("\(name)_task_ms", (tasks - plain) / .milliseconds(arguments.count))
  }
  report.set("check", arguments.count)
  return report
}

/// How long the types of a `body` of N statements take.
func measureBodyCompiling(_ arguments: Arguments) throws -> Report {
  let compiling = Compiling()
  let full = try compiling.time(of: [pipeline(statements: arguments.count)], .checking)
  let empty = try compiling.time(of: [pipeline(statements: 0)], .checking)
  var report = Report(arguments)
  report.set("body_s", full - empty)
  report.set("rest_s", empty)
  report.set("check", arguments.count)
  return report
}

/// Functions of three lines, fifty to a file.
private func functions(_ count: Int, areTasks: Bool) -> [String] {
  stride(from: 0, to: count, by: 50).map { start in
    let functions = (start..<min(start + 50, count)).map { number in
      """
      \(areTasks ? "@Task " : "")func step\(number)(
        _ values: [Double], by factor: Double = 0.5, label: String? = nil
      ) throws -> [Double] {
        guard !values.isEmpty else { return [] }
        let scaled = values.map { $0 * factor + \(number) }
        return label == nil ? scaled : scaled.sorted()
      }
      """
    }
    return "import Millrace\n\n" + functions.joined(separator: "\n\n")
  }
}

/// A pipeline of calls that nest, with literals, defaults, lists, choices and modifiers.
private func pipeline(statements count: Int) -> String {
  let statements = (0..<count).map { number in
    let group = number / 8
    return switch number % 8 {
    case 0: "let values\(group) = $load(\"values\(group).csv\").retry(.times(3))"
    case 1:
      "let scaled\(group) = $scale($scale(values\(group), by: 2), offset: 3).named(\"s\(group)\")"
    case 2: "let many\(group) = [0.1, 1, 10].map { $scale(scaled\(group), by: $0) }"
    case 3: "let sum\(group) = $total(many\(group) + [$scale($load(\"b\"), by: 7)], label: \"sum\")"
    case 4:
      "let sizes\(group) = ForEach($files(InputDirectory(\"a\"))) { $size($0, unit: \(group)) }"
    case 5:
      "let chosen\(group) = When($isLarge(sum\(group))) { $total([values\(group)]) } otherwise: { sum\(group) }"
    case 6:
      "let best\(group) = $largest(sizes\(group), [\"a\": chosen\(group), \"b\": $total([[1]])])"
    default:
      "$report(chosen\(group), [best\(group)], widths: [1, 2]).named(\"r\(group)\").exported(as: \"r\(group)\")"
    }
  }
  return """
    import Millrace

    @Task func load(_ path: String) throws -> [Double] { [] }
    @Task func scale(_ values: [Double], by factor: Double = 1, offset: Float = 0) -> [Double] { values }
    @Task func total(_ values: [[Double]], label: String? = nil) -> Double { 0 }
    @Task func isLarge(_ value: Double, than limit: Double = 10) -> Bool { value > limit }
    @Task func files(_ folder: InputDirectory) throws -> [InputFile] { try folder.files() }
    @Task func size(_ file: InputFile, unit: Int = 1) throws -> Int { 1 }
    @Task func largest(_ sizes: [Int], _ named: [String: Double] = [:]) -> Int { 0 }
    @Task func report(_ total: Double, _ sizes: [Int], widths: [Int] = []) -> String { "" }

    struct Measured: Pipeline {
      var body: Graph {
        \(statements.joined(separator: "\n    "))
        $load("last")
      }
    }
    """
}
