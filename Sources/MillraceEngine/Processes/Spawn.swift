import MillraceStore
import Synchronization

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  import Darwin
#endif

/// Starts programs with `posix_spawn`.
///
/// Foundation's `Process` is not used: it has no process groups, and costs start-up time.
enum Spawn {
  #if canImport(Darwin)
    private typealias Actions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
  #else
    private typealias Actions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
  #endif

  /// What errors about the program itself are called.
  static let call = "posix_spawn"

  /// Held while pipes are made, so that no child inherits those of another.
  private static let inheritance = Mutex(())

  /// Starts a program in a process group of its own.
  ///
  /// - Returns: Its pipes, of which the child's side is closed here, and its process.
  /// - Throws: ``SystemCallError``: `ENOENT` if there is no such program.
  static func start(_ request: ProcessRequest) throws -> (ChildPipes, pid_t) {
    try inheritance.withLock { _ in
      let pipes = try ChildPipes(hasInput: request.input != nil)
      do {
        let process = try start(request, pipes)
        pipes.closeChildSide()
        return (pipes, process)
      } catch {
        pipes.closeAll()
        throw error
      }
    }
  }

  private static func start(_ request: ProcessRequest, _ pipes: ChildPipes) throws -> pid_t {
    if let directory = request.directory {
      // The call says the same number for a missing folder as for a missing program.
      guard access(directory, X_OK) == 0 else {
        throw SystemCallError(call: "chdir to '\(directory)'", number: errno)
      }
    }
    #if canImport(Darwin)
      var actions: Actions = nil
      var attributes: Attributes = nil
    #else
      var actions = Actions()
      var attributes = Attributes()
    #endif
    try check(posix_spawn_file_actions_init(&actions))
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input = pipes.input {
      try check(posix_spawn_file_actions_adddup2(&actions, input.read, STDIN_FILENO))
    } else {
      try check(
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
    }
    try check(posix_spawn_file_actions_adddup2(&actions, pipes.output.write, STDOUT_FILENO))
    try check(posix_spawn_file_actions_adddup2(&actions, pipes.error.write, STDERR_FILENO))
    if let directory = request.directory {
      try check(changeFolder(&actions, directory))
    }

    try check(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    try setSignals(&attributes)
    try check(posix_spawnattr_setpgroup(&attributes, 0))

    let arguments = [request.program] + request.arguments
    return try withStrings(arguments) { arguments in
      try withEnvironment(request.environment) { variables in
        var process: pid_t = 0
        try check(
          posix_spawnp(&process, request.program, &actions, &attributes, arguments, variables))
        return process
      }
    }
  }

  private static func changeFolder(_ actions: inout Actions, _ directory: String) -> Int32 {
    #if canImport(Glibc)
      // Its header keeps the function from Swift, and glibc before 2.29 does not have it.
      typealias AddFolder =
        @convention(c) (UnsafeMutablePointer<Actions>, UnsafePointer<CChar>) -> Int32
      guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else { return ENOSYS }
      return unsafeBitCast(symbol, to: AddFolder.self)(&actions, directory)
    #else
      return posix_spawn_file_actions_addchdir_np(&actions, directory)
    #endif
  }

  /// Signals as a program expects them. Dispatch blocks those that this process listens for, and a
  /// mask is inherited.
  private static func setSignals(_ attributes: inout Attributes) throws {
    var mask = sigset_t()
    sigemptyset(&mask)
    try check(posix_spawnattr_setsigmask(&attributes, &mask))
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD] { sigaddset(&defaults, signal) }
    try check(posix_spawnattr_setsigdefault(&attributes, &defaults))
    var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    #if canImport(Darwin)
      flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
    #endif
    try check(posix_spawnattr_setflags(&attributes, Int16(flags)))
  }

  private static func withEnvironment<Result>(
    _ changes: [String: String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
  ) throws -> Result {
    var variables: [String] = []
    #if canImport(Darwin)
      var next = _NSGetEnviron().pointee
    #else
      var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = environ
    #endif
    while let current = next, let entry = current.pointee {
      let text = String(cString: entry)
      if changes[String(text.prefix { $0 != "=" })] == nil { variables.append(text) }
      next = current + 1
    }
    // Sorted, so that equal calls are equal.
    variables += changes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return try withStrings(variables, body)
  }

  private static func withStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
  ) throws -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return try body(&pointers)
  }

  private static func check(_ status: Int32) throws {
    guard status == 0 else { throw SystemCallError(call: call, number: status) }
  }
}
