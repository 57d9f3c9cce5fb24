/// What the documentation says of keys, once more: a task's key is a structure of what counts, and two
/// keys are equal where the structures are.
///
/// Nothing of the engine is used. Structures get numbers, so that deep ones are compared at once.
final class LawModel {
  /// What an input is to a key.
  indirect enum Part: Hashable {
    case value(LawValue)
    case key(Int)
    case parts([Part])
    case flattened(Part)
    case file(Int, content: Int)
  }

  private struct Structure: Hashable {
    var function: Int
    var types: [String]
    var isList: Bool
    var version: Int
    var fingerprint: Int
    var inputs: [Part]
    /// What counts of the program's surroundings.
    var setting: Int?
    var seed: Int?

    init(
      _ code: LawCode, types: [String], isList: Bool, inputs: [Part], in program: LawProgram
    ) {
      (function, version, fingerprint) = (code.function, code.version, code.fingerprint)
      (self.types, self.isList, self.inputs) = (types, isList, inputs)
      if code.usesSetting { setting = program.setting }
      if code.isRandom { seed = program.seed }
    }
  }

  private var numbers: [Structure: Int] = [:]
  private var structures: [Structure] = []

  private func number(_ structure: Structure) -> Int {
    if let number = numbers[structure] { return number }
    numbers[structure] = structures.count
    structures.append(structure)
    return structures.count - 1
  }

  func description(of key: Int) -> String {
    let structure = structures[key]
    let code = LawCode(
      function: structure.function, version: structure.version, fingerprint: structure.fingerprint)
    return "\(code)(\(structure.inputs.map { "\($0)" }.joined(separator: ", ")))"
  }

  /// One body's call: the task's, or one of the template that makes an input of it.
  struct Call: Hashable {
    var task: Int
    var input = 0
    var element: Int?
    /// What its node is called.
    var name: String { element.map { "n\(task)e\(input)[\($0)]" } ?? "n\(task)" }
  }

  /// What a call is and gives.
  struct Outcome {
    var key: Int
    var value: LawValue
    var cache: LawCode.Cache
    /// Whether ``LawValue/besides`` is saved too.
    var saves: Bool

    var isStored: Bool { cache == .stored }
    var isTransient: Bool { cache == .transient }
    /// All that has bytes.
    var values: [LawValue] { saves ? [value, value.besides] : [value] }
  }

  /// The calls that a program's leaves need; each task's value and key are known once it was asked for.
  final class Evaluation {
    fileprivate(set) var calls: [Call: Outcome] = [:]
  }

  func evaluate(_ program: LawProgram) -> Evaluation {
    let evaluation = Evaluation()
    for leaf in program.leaves { _ = outcome(of: leaf.id, program, evaluation) }
    return evaluation
  }

  private func outcome(
    of id: Int, _ program: LawProgram, _ evaluation: Evaluation
  ) -> Outcome {
    if let known = evaluation.calls[Call(task: id)] { return known }
    guard let task = program.task(id) else { preconditionFailure("n\(id) is no task") }
    let inputs = task.inputs.enumerated().map { index, input in
      self.input(input, of: task, at: index, program, evaluation)
    }
    let code = task.code
    let key = number(
      Structure(
        code, types: task.inputs.map(\.type), isList: task.isList, inputs: inputs.map(\.part),
        in: program))
    let values = inputs.map(\.value)
    let outcome = Outcome(
      key: key,
      value: task.isList
        ? .list(code.list(values, program.setting)) : .number(code.number(values, program.setting)),
      cache: code.cache, saves: code.saves && !task.isList)
    evaluation.calls[Call(task: id)] = outcome
    return outcome
  }

  private typealias Input = (value: LawValue, part: Part)

  private func input(ofTask id: Int, _ program: LawProgram, _ evaluation: Evaluation) -> Input {
    let outcome = outcome(of: id, program, evaluation)
    let isTransient = program.task(id)?.code.cache == .transient
    return (outcome.value, isTransient ? .key(outcome.key) : .value(outcome.value))
  }

  private func input(
    _ input: LawInput, of task: LawTask, at index: Int, _ program: LawProgram,
    _ evaluation: Evaluation
  ) -> Input {
    func value(_ id: Int) -> Input { self.input(ofTask: id, program, evaluation) }
    func known(_ value: LawValue) -> Input { (value, .value(value)) }
    func each(_ elements: [Int], _ template: LawTemplate) -> Input {
      copies(elements, template, of: task, at: index, program, evaluation)
    }
    switch input {
    case .constant(let number): return known(.number(number))
    case .constants(let list): return known(.list(list))
    case .file(let number):
      return (.number(program.files[number]), .file(number, content: program.files[number]))
    case .task(let id), .list(let id): return value(id)
    case .count(let id): return known(.number(value(id).value.elements.count))
    case .either(let condition, let then, let otherwise):
      return value(value(condition).value.isOdd ? then : otherwise)
    case .array(let ids):
      let inputs = ids.map(value)
      return (.list(inputs.flatMap(\.value.elements)), .parts(inputs.map(\.part)))
    case .joined(let ids):
      let inputs = ids.map(value)
      return (.list(inputs.flatMap(\.value.elements)), .flattened(.parts(inputs.map(\.part))))
    case .each(let id, let template): return each(value(id).value.elements, template)
    case .eachOf(let list, let template): return each(list, template)
    }
  }

  /// A template's call for each element. What it captures is needed only if there is an element.
  private func copies(
    _ elements: [Int], _ template: LawTemplate, of task: LawTask, at index: Int,
    _ program: LawProgram, _ evaluation: Evaluation
  ) -> Input {
    var results: [Input] = []
    for element in elements {
      let captured = template.captured.map { input(ofTask: $0, program, evaluation) }
      let inputs = [(LawValue.number(element), Part.value(.number(element)))] + captured
      let code = template.code
      let key = number(
        Structure(
          code, types: inputs.map { _ in "Int" }, isList: false, inputs: inputs.map(\.1),
          in: program))
      let value = LawValue.number(code.number(inputs.map(\.0), program.setting))
      evaluation.calls[Call(task: task.id, input: index, element: element)] = Outcome(
        key: key, value: value, cache: code.cache, saves: code.saves)
      results.append((value, code.cache == .transient ? .key(key) : .value(value)))
    }
    return (.list(results.flatMap(\.value.elements)), .parts(results.map(\.part)))
  }
}

extension LawValue {
  /// The list's elements, or the number.
  var elements: [Int] {
    switch self {
    case .number(let number): [number]
    case .list(let list): list
    }
  }

  /// What is saved besides the value, where something is.
  var besides: LawValue { .number((elements.first ?? 0) + 1) }

  var isOdd: Bool { elements.count == 1 && elements[0] % 2 == 1 }
}
