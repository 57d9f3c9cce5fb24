// What `@Task` and `@Tracked` leave in the program, so that a run finds all of them without anybody
// naming them. For `@Tracked func split(_ text: String) -> [Substring]` the macro adds
//
//     private enum unique {
//       @section("millrace") @used
//       nonisolated static let __record: __CodeRecord = (1, {
//         __Code.report($0, fileID: "App/Text.swift", line: 12, path: "split", answers: ["split"],
//           fingerprint: Fingerprint(0x…, 0x…), usedNames: ["first"], calledNames: ["first"])
//       })
//     }
//
// The linker puts the records of a program behind one another. `@Task` adds one that reports its
// definition.

/// A record: the version of its layout, and a function that adds a declaration to a list.
public typealias __CodeRecord = (UInt, @convention(c) (UnsafeMutableRawPointer) -> Void)

/// What records call. `list` is what the function in a record was called with.
public enum __Code {
  /// Adds a task, which answers to its name.
  public static func report(_ list: UnsafeMutableRawPointer, _ definition: TaskDefinition) {
    list.assumingMemoryBound(to: [Declaration].self).pointee.append(Declaration(definition))
  }

  /// Adds what `@Tracked` is written before.
  public static func report(
    _ list: UnsafeMutableRawPointer, fileID: String, line: Int, path: String, answers: [String],
    fingerprint: Fingerprint, usedNames: [String], calledNames: [String]
  ) {
    list.assumingMemoryBound(to: [Declaration].self).pointee.append(
      Declaration(
        fileID: fileID, line: line, path: path, answers: answers,
        fingerprint: fingerprint.description, usedNames: usedNames, calledNames: calledNames))
  }
}
