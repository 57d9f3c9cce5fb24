#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The variables of this process.
public enum ProcessEnvironment {
  public static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
