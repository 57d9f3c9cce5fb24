import MillraceEngine
import Testing

@testable import MillraceCLI

/// Symbol tables of executables, of this one and of made-up ones.
struct ExecutableSymbolsTests {
  private func names(_ bytes: [UInt8]) throws -> Set<String>? {
    ExecutableSymbols.names { offset, count in
      Array(bytes.dropFirst(offset).prefix(count))
    }
  }

  private func number(_ value: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// Four symbols, of which two are Swift's.
  private let strings = Array("\0main\0_$s3App5splityyF\0$s3App4joinyyF\0_other\0".utf8)
  private let places = [1, 6, 23, 38]

  private func elf(kind: Int = 2) -> [UInt8] {
    let header = [0x7f, 0x45, 0x4c, 0x46, 2, 1] + [UInt8](repeating: 0, count: 34)
    let symbols = places.flatMap { number($0, bytes: 4) + [UInt8](repeating: 0, count: 20) }
    func section(_ kind: Int, at offset: Int, size: Int, link: Int) -> [UInt8] {
      number(0, bytes: 4) + number(kind, bytes: 4) + [UInt8](repeating: 0, count: 16)
        + number(offset, bytes: 8) + number(size, bytes: 8) + number(link, bytes: 4)
        + [UInt8](repeating: 0, count: 20)
    }
    // The header, three sections, the symbols, their names.
    let start = 64 + 3 * 64
    return header + number(64, bytes: 8) + [UInt8](repeating: 0, count: 12) + number(3, bytes: 2)
      + number(0, bytes: 2) + section(0, at: 0, size: 0, link: 0)
      + section(kind, at: start, size: symbols.count, link: 2)
      + section(3, at: start + symbols.count, size: strings.count, link: 0) + symbols + strings
  }

  private func mach() -> [UInt8] {
    let symbols = places.flatMap { number($0, bytes: 4) + [UInt8](repeating: 0, count: 12) }
    let start = 32 + 16 + 24
    let header =
      [0xcf, 0xfa, 0xed, 0xfe] + [UInt8](repeating: 0, count: 12) + number(2, bytes: 4)
      + number(40, bytes: 4) + [UInt8](repeating: 0, count: 8)
    let other = number(0x19, bytes: 4) + number(16, bytes: 4) + [UInt8](repeating: 0, count: 8)
    let command =
      number(2, bytes: 4) + number(24, bytes: 4) + number(start, bytes: 4)
      + number(places.count, bytes: 4) + number(start + symbols.count, bytes: 4)
      + number(strings.count, bytes: 4)
    return header + other + command + symbols + strings
  }

  @Test func `names of Swift are found in both kinds of files`() throws {
    let expected: Set = ["$s3App5splityyF", "$s3App4joinyyF"]
    #expect(try names(elf()) == expected)
    #expect(try names(mach()) == expected)
  }

  @Test func `a file without a symbol table has no names`() throws {
    #expect(try names(elf(kind: 11)) == nil)
    #expect(try names([]) == nil)
    #expect(try names(Array("#!/bin/sh\n".utf8)) == nil)
  }

  /// Whatever is cut off, nothing is read past the end.
  @Test func `a cut file is survived`() throws {
    for file in [elf(), mach()] {
      for length in 0..<file.count { _ = try names(Array(file.prefix(length))) }
    }
  }

  /// Numbers that lead out of the file.
  @Test func `a damaged file is survived`() throws {
    for file in [elf(), mach()] {
      for position in 0..<min(file.count, 64 + 3 * 64) {
        var damaged = file
        damaged[position] = 0xff
        _ = try names(damaged)
      }
    }
  }

  @Test func `this executable has the names of its modules`() throws {
    let found = try #require(
      try ExecutableSymbols.names(inFile: FingerprintSource.executablePath()))
    let names = ModuleNames(of: "MillraceCLITests", among: found)
    #expect(
      names.declarations(of: "listedHelper", from: []) == [["listedHelper"]])
    #expect(names.declarations(of: "map", from: []).isEmpty)
  }
}
