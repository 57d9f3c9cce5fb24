import MillraceGraph

// How a loop ends: all elements have run, or something asked for a difference between them. Then those that
// nobody has begun go the long way, and those that ran are taken in as nodes that have run.
extension RunState {
  /// All elements have run, and what they come to is in its cell.
  mutating func finished(_ loop: ElementLoop) {
    loop.stage = .finished
    executedCount += loop.count * loop.program.taskCount
    // Some body asked for its context.
    if loop.copies != nil { settle(loop) }
    guard let reducer = loop.reducer else { return executed(loop.list, artifact: nil) }
    phases[loop.list] = .resolved
    work.append(.release(loop.list))
    executed(reducer, artifact: nil)
  }

  /// Lets all elements that the worker has not begun go the long way.
  mutating func cut(_ loop: ElementLoop) {
    guard loop.stage == .running else { return }
    let rest = loop.range.takeAll()
    cut(loop, from: rest.isEmpty ? loop.count : rest.lowerBound)
  }

  /// As ``cut(_:)``, where there is something left that others could do.
  mutating func share(_ loop: ElementLoop) {
    guard loop.stage == .running else { return }
    let rest = loop.range.takeAll()
    if !rest.isEmpty { cut(loop, from: rest.lowerBound) }
  }

  private mutating func cut(_ loop: ElementLoop, from begun: Int) {
    loop.stage = .cut
    placeCopies(of: loop)
    for element in 0..<begun {
      for step in 0..<loop.stepCount {
        let node = loop.position(of: step, for: element)
        phases[node] = .executing
        demands[node] = [.value, .asked]
      }
    }
    addGate(to: loop.list, limit: nil)
    gates[loop.list]?.front = max(0, begun - 1)
    exchangeInputs(
      of: loop.list, for: listInputs(of: loop),
      holding: uses[loop.list] > 0 || demands[loop.list].contains(.value))
    goOn(loop.list)
    if let reducer = loop.reducer { stand(reducer, for: lastResult(of: loop)) }
  }

  /// Takes in what the worker of a loop has done that ends before all elements have run.
  ///
  /// - Parameters:
  ///   - step: Before which step the element that was begun last was left; nil if it has a result.
  ///   - isFailing: Whether that step is going to be reported.
  /// - Returns: The node of that step.
  @discardableResult
  mutating func left(_ loop: ElementLoop, at step: Int?, isFailing: Bool = false) -> Int? {
    cut(loop)
    // Every copy is wanted before it is said how the first ones ended.
    doWork()
    land(loop.list)
    for element in 0..<loop.done { adopt(element, of: loop, steps: loop.stepCount) }
    if loop.reducer == nil {
      loop.moveResults { values.cell(loop.position(of: loop.stepCount - 1, for: $0)) }
      for element in 0..<loop.done {
        publish(loop.position(of: loop.stepCount - 1, for: element))
      }
    } else if loop.isBegun && loop.program.hasAccumulated(at: step ?? 0) {
      giveAccumulated(of: loop)
    }
    guard let step else { return nil }
    let node = leave(loop.done, of: loop, at: step, isFailing: isFailing)
    doWork()
    return node
  }

  /// Takes in that some of an element's steps were done, whose values are gone.
  private mutating func adopt(_ element: Int, of loop: ElementLoop, steps: Int) {
    for step in 0..<steps {
      let node = loop.position(of: step, for: element)
      phases[node] = .done
      demands[node] = .asked
      if loop.program.steps[step].isTask { executedCount += 1 }
    }
    for step in 0..<steps { release(loop.position(of: step, for: element)) }
  }

  private mutating func publish(_ node: Int) {
    demands[node] = [.value, .asked]
    publishValue(of: node)
  }

  /// Moves the result of the last element that was done to its node.
  private mutating func giveAccumulated(of loop: ElementLoop) {
    let cell = loop.program.accumulatedCell
    guard loop.done > 0 else { return loop.program.accumulatedType.destroy(cell) }
    let result = loop.position(of: loop.stepCount - 1, for: loop.done - 1)
    values.cell(result).copyMemory(from: cell, byteCount: Cell.size)
    publish(result)
  }

  /// Takes in an element that was left in the middle.
  private mutating func leave(
    _ element: Int, of loop: ElementLoop, at step: Int, isFailing: Bool
  ) -> Int {
    adopt(element, of: loop, steps: step)
    loop.program.dropElement(at: step)
    for done in 0..<step {
      guard let value = loop.program.value(of: done, at: step) else { continue }
      let node = loop.position(of: done, for: element)
      values.cell(node).copyMemory(from: value, byteCount: Cell.size)
      isPresent[node] = true
      demands[node] = [.value, .asked]
    }
    for rest in step..<loop.stepCount {
      let node = loop.position(of: rest, for: element)
      phases[node] = .idle
      demands[node] = []
    }
    let left = loop.position(of: step, for: element)
    if isFailing {
      phases[left] = .executing
      demands[left] = [.value, .asked]
      depart(left)
    }
    work.append(.want(loop.position(of: loop.stepCount - 1, for: element), .value))
    return left
  }

  /// Elements that the end of a run came before have nodes that say so.
  mutating func cutLoops() {
    for loop in loopOrder { cut(loop) }
    doWork()
  }
}
