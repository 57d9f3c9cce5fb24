extension LawProgram {
  /// Changes the program as an edit says; one that makes no sense, since what it is about has gone,
  /// changes nothing.
  mutating func apply(_ edit: LawEdit) {
    switch edit {
    case .version(let id, let value): change(id) { $0.code.version = value }
    case .fingerprint(let id, let value): change(id) { $0.code.fingerprint = value }
    case .cache(let id, let cache): change(id) { $0.code.cache = cache }
    case .ignored(let id, let value): change(id) { $0.ignored = value }
    case .input(let id, let index, let input):
      guard let place = place(of: id), index < tasks[place].inputs.count, fits(input, before: place)
      else { return }
      tasks[place].inputs[index] = input
    case .template(let id, let index, let code):
      change(id) { task in
        guard index < task.inputs.count else { return }
        switch task.inputs[index] {
        case .each(let list, var template):
          template.code = code
          task.inputs[index] = .each(list, template)
        case .eachOf(let list, var template):
          template.code = code
          task.inputs[index] = .eachOf(list, template)
        default: break
        }
      }
    case .add(let task):
      guard place(of: task.id) == nil,
        task.inputs.allSatisfy({ fits($0, before: tasks.count) })
      else { return }
      tasks.append(task)
    case .remove(let id):
      guard tasks.count > 1 else { return }
      tasks.removeAll { $0.id == id }
      for place in tasks.indices {
        tasks[place].inputs = tasks[place].inputs.map { $0.tasks.contains(id) ? $0.plain : $0 }
      }
    case .write(let file, let content):
      if files.indices.contains(file) { files[file] = content }
    case .setting(let value): setting = value
    case .seed(let value): seed = value
    case .lose, .spoil, .loseBesides, .invalidate, .collect, .reopen: break
    }
  }

  private mutating func change(_ id: Int, _ change: (inout LawTask) -> Void) {
    if let place = place(of: id) { change(&tasks[place]) }
  }

  /// Whether an input names only what a task at a place can use.
  func fits(_ input: LawInput, before place: Int) -> Bool {
    if case .file(let number) = input { return files.indices.contains(number) }
    return input.tasks.allSatisfy { id in
      guard let found = self.place(of: id), found < place else { return false }
      return tasks[found].isList == input.lists.contains(id)
    }
  }

  /// Whether every input can be bound.
  var isWhole: Bool {
    !tasks.isEmpty
      && tasks.indices.allSatisfy { place in
        tasks[place].inputs.allSatisfy { fits($0, before: place) }
      }
  }
}
