import Dispatch
import Millrace

@Task(cache: .off) func countWords(_ file: InputFile) throws -> [String: Int] {
  try WordCount.words(of: file)
}

@Task(cache: .off) func mergeCounts(_ counts: [[String: Int]]) -> [String: Int] {
  WordCount.merged(counts)
}

@Task(cache: .off) func topWords(_ counts: [String: Int]) -> [WordCount] {
  WordCount.top(of: counts)
}

/// W7: the words of a folder of texts, a task for each file.
struct Words: Workload {
  let files: [InputFile]

  func leaves() -> [Node<[WordCount]>] {
    [$topWords($mergeCounts(files.map { $countWords($0) }))]
  }

  func check(_ values: [[WordCount]]) -> UInt64 { WordCount.check(values.flatMap(\.self)) }
}

/// W7H: the same functions, called by hand on Dispatch.
func measureWordsByHand(_ arguments: Arguments) throws -> Report {
  let files = try arguments.textFiles()
  let clock = ContinuousClock()
  DispatchQueue.concurrentPerform(iterations: 4) { _ in }  // starts the threads
  let started = clock.now
  var results = [Result<[String: Int], any Error>](repeating: .success([:]), count: files.count)
  results.withUnsafeMutableBufferPointer { results in
    // Each iteration writes its own element.
    nonisolated(unsafe) let results = results
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      results[index] = Result { try WordCount.words(of: files[index]) }
    }
  }
  let top = WordCount.top(of: WordCount.merged(try results.map { try $0.get() }))
  let ended = clock.now
  var report = Report()
  report.set("workload", arguments.workload)
  report.set("n", arguments.count)
  report.set("build_s", 0.0)
  report.set("run_s", started.duration(to: ended))
  report.set("check", WordCount.check(top))
  report.set("peak_rss_mib", mebibytes: ResidentMemory.peak)
  return report
}
