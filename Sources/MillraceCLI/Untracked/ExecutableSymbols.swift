import CMillraceRecords
import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The symbol table of an executable file: ELF or Mach-O, of 64 bits, little-endian.
struct ExecutableSymbols {
  /// A part of the file; empty or short past its end.
  typealias Reader = (_ offset: Int, _ count: Int) throws -> [UInt8]

  /// The mangled names of Swift in the file, `$s…`, without the `_` that Mach-O adds.
  ///
  /// - Returns: Nil if the file has none, as when it was stripped.
  static func names(_ read: Reader) rethrows -> Set<String>? {
    guard let tables = try elfTables(read) ?? machTables(read) else { return nil }
    let symbols = Bytes(try read(tables.symbols, tables.symbolSize * tables.symbolCount))
    let strings = try read(tables.strings, tables.stringSize)
    var names: Set<String> = []
    strings.withUnsafeBytes { strings in
      for symbol in 0..<symbols.bytes.count / tables.symbolSize {
        guard let start = symbols.number(at: symbol * tables.symbolSize, bytes: 4),
          start < strings.count, let base = strings.baseAddress
        else { continue }
        let end = memchr(base + start, 0, strings.count - start).map { UnsafeRawPointer($0) - base }
        var name = UnsafeRawBufferPointer(rebasing: strings[start..<(end ?? strings.count)])
        if name.starts(with: "_$".utf8) { name = UnsafeRawBufferPointer(rebasing: name[1...]) }
        if name.starts(with: "$s".utf8) { names.insert(String(decoding: name, as: UTF8.self)) }
      }
    }
    return names.isEmpty ? nil : names
  }

  /// Those of a file.
  static func names(inFile path: String) throws -> Set<String>? {
    let file = try FileSystem.openToRead(path)
    defer { FileSystem.closeFile(file) }
    return try names { try FileSystem.read($1, at: $0, of: file) }
  }

  /// A symbol as Swift code has it; nil if it is none of Swift.
  static func demangled(_ name: String) -> String? {
    guard let text = swift_demangle(name, name.utf8.count, nil, nil, 0) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  /// Where symbols and their names lie.
  private struct Tables {
    var symbols: Int
    var symbolSize: Int
    var symbolCount: Int
    var strings: Int
    var stringSize: Int
  }

  private static func elfTables(_ read: Reader) rethrows -> Tables? {
    let header = Bytes(try read(0, 64))
    guard header.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]),
      let sections = header.number(at: 0x28, bytes: 8),
      let count = header.number(at: 0x3c, bytes: 2)
    else { return nil }
    let size = 64
    let table = Bytes(try read(sections, count * size))
    for section in 0..<count {
      // A full symbol table; the one for dynamic linking lacks most names.
      guard table.number(at: section * size + 4, bytes: 4) == 2,
        let symbols = table.number(at: section * size + 0x18, bytes: 8),
        let length = table.number(at: section * size + 0x20, bytes: 8),
        let link = table.number(at: section * size + 0x28, bytes: 4),
        let strings = table.number(at: link * size + 0x18, bytes: 8),
        let stringSize = table.number(at: link * size + 0x20, bytes: 8)
      else { continue }
      return Tables(
        symbols: symbols, symbolSize: 24, symbolCount: length / 24, strings: strings,
        stringSize: stringSize)
    }
    return nil
  }

  private static func machTables(_ read: Reader) rethrows -> Tables? {
    let header = Bytes(try read(0, 32))
    guard header.starts(with: [0xcf, 0xfa, 0xed, 0xfe]),
      let count = header.number(at: 16, bytes: 4), let size = header.number(at: 20, bytes: 4)
    else { return nil }
    let commands = Bytes(try read(32, size))
    var offset = 0
    for _ in 0..<count {
      guard let kind = commands.number(at: offset, bytes: 4),
        let length = commands.number(at: offset + 4, bytes: 4), length >= 8
      else { return nil }
      if kind == 2, let symbols = commands.number(at: offset + 8, bytes: 4),
        let symbolCount = commands.number(at: offset + 12, bytes: 4),
        let strings = commands.number(at: offset + 16, bytes: 4),
        let stringSize = commands.number(at: offset + 20, bytes: 4)
      {
        return Tables(
          symbols: symbols, symbolSize: 16, symbolCount: symbolCount, strings: strings,
          stringSize: stringSize)
      }
      offset += length
    }
    return nil
  }
}

/// Numbers in a file.
private struct Bytes {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func starts(with beginning: [UInt8]) -> Bool { bytes.starts(with: beginning) }

  /// - Returns: Nil if it does not lie in the bytes, or is too large to be a place in a file.
  func number(at offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    var value: UInt64 = 0
    for place in 1...count { value = value << 8 | UInt64(bytes[offset + count - place]) }
    return value < 1 << 40 ? Int(value) : nil
  }
}
