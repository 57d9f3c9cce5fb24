import MillraceGraph
import Synchronization

// Running the elements of a list in a loop, on one worker and without the run's lock.
extension Execution {
  /// How a loop was left before all elements had run.
  private enum Leaving {
    /// Between two elements, or before a step of one.
    case at(step: Int?)
    case failed(step: Int, any Error)
  }

  func runElements(of loop: ElementLoop, isStopped: Bool, _ submit: Submit) {
    if isStopped { return report(submit) { $0.left(loop, at: nil) } }
    let contexts = ElementContexts(loop, of: self)
    defer { withExtendedLifetime(contexts) {} }
    let isShared = !isSerial(loop)
    loop.begin()
    if isShared {
      lookout?.add(loop) { [self] in report({ self.submit($0) }) { $0.share(loop) } }
    }
    let leaving = run(loop, contexts, isShared: isShared)
    lookout?.remove(loop)
    switch leaving {
    case nil where loop.done == loop.count:
      loop.deliver { TaskInputs(cells: $0, source: contexts, node: loop.list, attempt: 1) }
      report(submit) { $0.finished(loop) }
    case nil: report(submit) { $0.left(loop, at: nil) }
    case .at(let step): report(submit) { $0.left(loop, at: step) }
    case .failed(let step, let error): fail(loop, at: step, error, submit)
    }
  }

  /// Ends the node that a step stands for as if it had been a node from the start.
  private func fail(_ loop: ElementLoop, at step: Int, _ error: any Error, _ submit: Submit) {
    let failed = state.withLock { state in
      state.left(loop, at: step, isFailing: true).map { (node: $0, step: state.stepInput($0)) }
    }
    guard let failed else { return }
    record(1, of: failed.node, error)
    end(failed.node, failed.step, error, attempt: 1, start: nil, submit)
  }

  /// Whether nobody but the list's worker could take elements.
  private func isSerial(_ loop: ElementLoop) -> Bool {
    let name = state.withLock { $0.table.backend(of: loop.list)?.name }
    let backend = lanes.backends.first { $0.name == name } ?? lanes.backends[0]
    return backend.capacity.bodies == 1
  }

  /// - Returns: Nil if no element is left.
  private func run(
    _ loop: ElementLoop, _ contexts: ElementContexts, isShared: Bool
  ) -> Leaving? {
    // A body's files are to be checked behind it, which needs its node.
    if loop.hasCaptures && digests.isUsed { return .at(step: nil) }
    var pace = ElementPace()
    while let element = loop.range.takeFirst() {
      loop.copyElement(element, to: loop.program.elementCell)
      if let leaving = runSteps(of: loop, element, contexts) { return leaving }
      loop.keepResult()
      switch pace.verdict(after: loop.done) {
      case .goOn: break
      case .long where isShared: return .at(step: nil)
      case .look, .long:
        if state.withLock({ $0.isStopped }) || loop.hasCaptures && digests.isUsed {
          return .at(step: nil)
        }
      }
    }
    return nil
  }

  @inline(__always)
  private func runSteps(
    of loop: ElementLoop, _ element: Int, _ contexts: ElementContexts
  ) -> Leaving? {
    let (program, count) = (loop.program, loop.stepCount)
    var number = 0
    do {
      while number < count {
        let step = program.steps[number]
        if step.isTask && options.cancellation.isCancelled { return .at(step: number) }
        let inputs = TaskInputs(
          cells: step.addresses, source: contexts, node: element * count + number, attempt: 1)
        try step.record.pointee.definition._withUnsafeGuaranteedRef {
          try $0.callSynchronously(inputs, step.cell)
        }
        program.dropValues(after: step)
        number += 1
      }
    } catch {
      return .failed(step: number, error)
    }
    return nil
  }
}

/// Makes contexts for bodies without a node: it gives the loop's elements nodes, and goes on.
private final class ElementContexts: TaskContextSource {
  private let loop: ElementLoop
  private let execution: Execution

  init(_ loop: ElementLoop, of execution: Execution) {
    self.loop = loop
    self.execution = execution
  }

  func context(ofNode node: Int, attempt: Int) -> TaskContext {
    let (element, step) = node.quotientAndRemainder(dividingBy: loop.stepCount)
    let copy = execution.state.withLock { state in
      state.placeCopies(of: loop)
      return loop.position(of: step, for: element)
    }
    return execution.context(ofNode: copy, attempt: attempt)
  }
}
