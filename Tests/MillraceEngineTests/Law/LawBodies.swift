import Millrace
import Synchronization

/// What bodies tell, and what they are told: whom to throw, and when to cancel.
final class LawBodies: Sendable {
  private let run: LawRun
  private let noted = Mutex<(began: [LawModel.Call], threw: Set<LawModel.Call>)>(([], []))

  init(_ run: LawRun) { self.run = run }

  /// The calls whose bodies began, in that order.
  var began: [LawModel.Call] { noted.withLock { $0.began } }
  /// Those whose bodies threw.
  var threw: Set<LawModel.Call> { noted.withLock { $0.threw } }

  /// - Throws: If the body is to fail.
  func begin(_ call: LawModel.Call, _ context: TaskContext) throws {
    let number = noted.withLock { noted in
      noted.began.append(call)
      return noted.began.count
    }
    if number == run.cancels { context.cancellation.cancel() }
    if run.failing.contains(call.task + (call.element == nil ? 0 : 100)) {
      noted.withLock { _ = $0.threw.insert(call) }
      throw Failed()
    }
  }

  struct Failed: Error {}
}

/// What a body is handed to tell with; of no encoding, since it is no part of a key.
struct LawPen: Sendable {
  let bodies: LawBodies
  let task: Int
  /// The input whose template it is; nil for the task itself.
  let input: Int?

  func begin(_ element: Int?, _ context: TaskContext) throws {
    let call = LawModel.Call(task: task, input: input ?? 0, element: input.flatMap { _ in element })
    try bodies.begin(call, context)
  }
}

/// A part of a key that is left out on purpose, to see that the law notices.
enum LawLie: Hashable, CaseIterable {
  case version, fingerprint, firstInput, files
  /// A task has another key in every graph.
  case neverTheSame
}

/// The definition of a task, as `@Task` would make it. Definitions live for ever, as those of macros
/// do, so equal ones are made once.
struct LawDefinition: Hashable {
  var code: LawCode
  var isList: Bool
  var types: [String]
  var lie: LawLie?
  /// Makes it unlike all others, where that is the lie.
  var mark = 0

  static let made = Mutex<[LawDefinition: TaskDefinition]>([:])

  var definition: TaskDefinition {
    Self.made.withLock { made in
      if let known = made[self] { return known }
      let definition = make()
      made[self] = definition
      return definition
    }
  }

  /// The environment variable that counts for some.
  static let variable = "LAW_SETTING"

  private var attributes: TaskAttributes {
    var attributes = TaskAttributes(
      version: lie == .version ? 1 : code.version + mark, randomness: code.isRandom,
      environment: code.usesSetting ? [Self.variable] : [], ignoring: ["ignored", "pen"])
    switch code.cache {
    case .stored: break
    case .transient: attributes.cache = .transient
    case .off: attributes.cache = .off
    }
    if lie == .firstInput { attributes.ignoring.append("p0") }
    return attributes
  }

  private func make() -> TaskDefinition {
    let (code, types) = (code, types)
    let parameters: [TaskDefinition.Parameter] =
      types.enumerated().map { index, type in
        switch type {
        case "Int": .__parameter("p\(index)", Int.self, type)
        case "String": .__parameter("p\(index)", String.self, type)
        case "InputFile": .__parameter("p\(index)", InputFile.self, type)
        default: .__parameter("p\(index)", [Int].self, type)
        }
      } + [.__parameter("ignored", Int.self, "Int"), .__parameter("pen", LawPen.self, "LawPen")]
    let read: @Sendable (TaskInputs) throws -> [LawValue] = { inputs in
      let values: [LawValue] = try types.enumerated().map { index, type in
        switch type {
        case "Int": .number(inputs[index, as: Int.self])
        case "InputFile": try inputs[index, as: InputFile.self].lawContent
        case "String": try InputFile(inputs[index, as: String.self]).lawContent
        default: .list(inputs[index, as: [Int].self])
        }
      }
      try inputs[types.count + 1, as: LawPen.self].begin(
        values.first.map { $0.elements.first ?? 0 }, inputs.context)
      return values
    }
    let setting: @Sendable (TaskInputs) -> Int = {
      code.usesSetting ? $0.context.environment[Self.variable].flatMap { Int($0) } ?? -1 : 0
    }
    let id = TaskID(
      fileID: "Law/Tasks.swift", path: "law\(code.function)\(isList ? "s" : "")",
      parameterTypes: types)
    let fingerprint = Fingerprint(7, lie == .fingerprint ? 1 : UInt64(code.fingerprint))
    return isList
      ? TaskDefinition(
        __id: id, attributes: attributes, fingerprint: fingerprint, usedNames: [], line: 0,
        parameters: parameters, output: .__stored([Int].self, "[Int]"),
        sync: { code.list(try read($0), setting($0)) })
      : TaskDefinition(
        __id: id, attributes: attributes, fingerprint: fingerprint, usedNames: [], line: 0,
        parameters: parameters, output: .__stored(Int.self, "Int"),
        sync: { inputs in
          let value = code.number(try read(inputs), setting(inputs))
          if code.saves {
            try inputs.context.artifacts.save(value + 1, as: "besides")
          }
          return value
        })
  }
}

extension InputFile {
  fileprivate var lawContent: LawValue { get throws { .number(Int(try text()) ?? -1) } }
}
