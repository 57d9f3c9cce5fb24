#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Millrace

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// W6H: what W6 does when it is cold, by hand and one thing after the other: each blob is flipped,
/// hashed, written to a file, synced and named by its digest. Nothing is recorded.
func measureBlobsByHand(_ arguments: Arguments) throws -> Report {
  guard let folder = arguments.folder else {
    throw Arguments.Problem.usage("W6H needs a folder; give it by '--dir'.")
  }
  let workload = Blobs(steps: arguments.count, mode: .cold)
  var (flips, hashes, writes, syncs) = (Duration.zero, Duration.zero, Duration.zero, Duration.zero)
  let clock = ContinuousClock()
  func measure<Result>(_ sum: inout Duration, _ step: () throws -> Result) rethrows -> Result {
    let beginning = clock.now
    defer { sum += beginning.duration(to: clock.now) }
    return try step()
  }

  let began = clock.now
  guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw Failed(call: "mkdir") }
  var blob = workload.blob
  for step in 0..<arguments.count {
    blob = measure(&flips) { flipBits(blob, step: step) }
    let digest = measure(&hashes) { blob.withUnsafeBytes { Digest.sha256($0) } }
    let path = "\(folder)/\(digest.hex)"
    let file = open("\(path).new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
    guard file >= 0 else { throw Failed(call: "open") }
    defer { close(file) }
    try measure(&writes) { try blob.withUnsafeBytes { try writeAll($0, to: file) } }
    try measure(&syncs) {
      guard sync(file) == 0 else { throw Failed(call: "fsync") }
    }
    guard rename("\(path).new", path) == 0 else { throw Failed(call: "rename") }
  }
  let ended = clock.now

  var report = Report()
  report.set("workload", arguments.workload)
  report.set("n", arguments.count)
  report.set("build_s", 0.0)
  report.set("run_s", began.duration(to: ended))
  report.set("flip_s", flips)
  report.set("hash_s", hashes)
  report.set("write_s", writes)
  report.set("sync_s", syncs)
  report.set("check", workload.check([blob]))
  report.set("bytes", arguments.count * blob.count)
  report.set("peak_rss_mib", mebibytes: ResidentMemory.peak)
  return report
}

private struct Failed: Error {
  var call: String
  var number = errno
}

/// As the store does.
private func sync(_ file: Int32) -> Int32 {
  #if canImport(Darwin)
    fcntl(file, F_FULLFSYNC)
  #else
    fdatasync(file)
  #endif
}

private func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let part = UnsafeRawBufferPointer(rebasing: rest)
    let count = write(file, part.baseAddress, part.count)
    guard count > 0 else { throw Failed(call: "write") }
    rest = rest.dropFirst(count)
  }
}
