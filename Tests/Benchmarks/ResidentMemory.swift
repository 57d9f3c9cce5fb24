#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much memory the process has in RAM, as Linux tells; zero on other systems.
enum ResidentMemory {
  /// Now, in bytes. Pages count as a whole, so only differences of many pages say something.
  static var current: Int {
    let fields = firstLine(of: "/proc/self/statm", beginningWith: "").split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The most so far, in bytes.
  static var peak: Int {
    let fields = firstLine(of: "/proc/self/status", beginningWith: "VmHWM:").split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) << 10
  }

  private static func firstLine(of path: String, beginningWith prefix: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      // Up to the end of the line, with a space for each tab.
      let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0 == 9 ? 32 : $0) }
      let line = String(decoding: bytes, as: UTF8.self)
      if line.hasPrefix(prefix) { return line }
    }
    return ""
  }
}
