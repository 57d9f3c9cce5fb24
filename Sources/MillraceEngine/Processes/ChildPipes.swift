import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The pipes between this process and a child. All are closed on `exec`, and none is one of the
/// standard descriptors, which the child's side is put in place of.
struct ChildPipes: Sendable {
  struct Pipe: Sendable {
    var read: Int32
    var write: Int32
  }

  /// Nil where the child has nothing to read.
  let input: Pipe?
  let output: Pipe
  let error: Pipe
  /// Says that the child has ended, by being closed; both ends are this process's.
  let ended: Pipe

  init(hasInput: Bool) throws {
    var opened: [Pipe] = []
    do {
      for _ in 0..<(hasInput ? 4 : 3) { opened.append(try Self.open()) }
    } catch {
      for pipe in opened { Self.close(pipe) }
      throw error
    }
    output = opened[0]
    error = opened[1]
    ended = opened[2]
    input = hasInput ? opened[3] : nil
    // The child's ends block as programs expect; a description is shared by its copies alone.
    for file in [output.read, error.read] + (input.map { [$0.write] } ?? []) {
      _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK)
    }
  }

  func closeChildSide() {
    FileSystem.closeFile(output.write)
    FileSystem.closeFile(error.write)
    if let input { FileSystem.closeFile(input.read) }
  }

  func closeAll() {
    for pipe in [output, error, ended] + (input.map { [$0] } ?? []) { Self.close(pipe) }
  }

  private static func close(_ pipe: Pipe) {
    FileSystem.closeFile(pipe.read)
    FileSystem.closeFile(pipe.write)
  }

  private static func open() throws -> Pipe {
    var files: [Int32] = [-1, -1]
    guard systemPipe(&files) == 0 else { throw SystemCallError(call: "pipe", number: errno) }
    let pipe = Pipe(read: files[0], write: files[1])
    do {
      return Pipe(read: try aboveStandard(pipe.read), write: try aboveStandard(pipe.write))
    } catch {
      close(pipe)
      throw error
    }
  }

  /// A descriptor above 2, closed on `exec`, of the same file, which a process that closed its own gets otherwise.
  private static func aboveStandard(_ file: Int32) throws -> Int32 {
    guard file <= 2 else {
      // Swift does not see `pipe2`; no child starts before this is done, since `Spawn` holds a lock.
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      return file
    }
    let moved = fcntl(file, F_DUPFD_CLOEXEC, 3)
    guard moved >= 0 else { throw SystemCallError(call: "fcntl", number: errno) }
    FileSystem.closeFile(file)
    return moved
  }
}

/// `pipe`, so that variables may have its name.
private func systemPipe(_ files: inout [Int32]) -> Int32 { pipe(&files) }
