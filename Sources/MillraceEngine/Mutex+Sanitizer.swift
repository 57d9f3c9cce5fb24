#if MILLRACE_TSAN
  @_exported import MillraceCoding

  /// A lock that the thread sanitizer sees.
  typealias Mutex<Value: ~Copyable> = PosixMutex<Value>
#endif
