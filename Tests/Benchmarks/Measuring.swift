import Millrace

/// Builds, plans and runs a workload's graph, lets go of it, and reports what each took.
func measure<Measured: Workload>(
  _ workload: Measured, _ arguments: Arguments
) async throws -> Report {
  let clock = ContinuousClock()
  try await startThreads(of: arguments.backend)
  let counter = EventCounter()
  var options = RunOptions()
  if arguments.isObserved { options.observers = [counter] }

  let opening = clock.now
  let store = try arguments.store(isStored: Measured.isStored)
  let building = clock.now
  let memoryBefore = ResidentMemory.current
  // Reading the counter costs more than a small graph, so the clock stops for it.
  let begun = clock.now
  var session = Session(
    store: store, asksForValues: workload.asksForValues, leaves: workload.leaves)
  let built = clock.now
  let memoryBuilt = ResidentMemory.current
  let planning = clock.now
  try await session.plan(on: arguments.backend, options: options)
  let planned = clock.now
  let values = try await session.run()
  let ended = clock.now
  let peak = ResidentMemory.peak

  var report = Report(arguments)
  report.set("build_s", begun.duration(to: built))
  // Opening the store is the price of results that outlive the process, so it counts.
  let runTime = opening.duration(to: building) + planning.duration(to: ended)
  report.set("run_s", runTime)
  report.set("plan_s", planning.duration(to: planned))
  let outcome = Outcome(
    check: workload.asksForValues ? workload.check(values) : workload.check(store),
    runTime: runTime, executed: session.result?.executed ?? 0)
  // A worker may hold the run a little longer than it lasts, and who lets go last does the work.
  try await Task.sleep(for: .milliseconds(20))
  let dropping = clock.now
  session.end()
  report.set("teardown_s", dropping.duration(to: clock.now))
  report.set("check", outcome.check)
  workload.describe(outcome, in: &report)
  if arguments.isObserved { report.set("events", counter.count) }
  report.set("peak_rss_mib", mebibytes: peak)
  // What the run itself takes at most: values, the table of nodes, threads.
  report.set("run_growth_mib", mebibytes: peak - memoryBuilt)
  // By how much building made the process grow, for each of the N: in whole pages, with the handles
  // that are kept, and without what fits into memory that was free before. Exact for large N only.
  report.set("nodes_bytes", Double(memoryBuilt - memoryBefore) / Double(arguments.count))
  return report
}

/// Runs one node, so that threads are there before the clock starts, as in the programs that Millrace
/// is compared with.
private func startThreads(of backend: any Backend) async throws {
  _ = try await $increment(0).value(on: backend)
}

extension Report {
  init(_ arguments: Arguments) {
    self.init()
    set("workload", arguments.workload)
    set("n", arguments.count)
    set("backend", arguments.backend.name)
  }
}

extension Arguments {
  func store(isStored: Bool) throws -> ArtifactStore {
    guard isStored else { return .inMemory() }
    guard let folder else { throw Problem.usage("\(workload) needs a folder; give it by '--dir'.") }
    return try .open(at: folder)
  }
}
