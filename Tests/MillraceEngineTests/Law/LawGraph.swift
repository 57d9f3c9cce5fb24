import Millrace

/// A program as Millrace's nodes.
struct LawGraph {
  private let bodies: LawBodies
  private let file: (Int) -> String
  private let lie: LawLie?
  private let mark: Int
  private var numbers: [Int: Node<Int>] = [:]
  private var lists: [Int: Node<[Int]>] = [:]
  private(set) var graph = Graph(leaves: [])

  /// - Parameters:
  ///   - file: The path of each input file.
  ///   - mark: What makes tasks of one graph unlike those of others, if that is the lie.
  init(
    _ program: LawProgram, _ bodies: LawBodies, file: @escaping (Int) -> String,
    lie: LawLie? = nil, mark: Int = 0
  ) {
    (self.bodies, self.file, self.lie) = (bodies, file, lie)
    self.mark = lie == .neverTheSame ? mark : 0
    for task in program.tasks { make(task) }
    graph = Graph(
      leaves: program.leaves.compactMap { numbers[$0.id]?.erased ?? lists[$0.id]?.erased })
  }

  /// The value of a task in a result, which has to be kept or stored.
  func value(of id: Int, in result: RunResult) throws -> LawValue? {
    if let node = numbers[id] { return .number(try result.value(of: node)) }
    return try lists[id].map { .list(try result.value(of: $0)) }
  }

  private mutating func make(_ task: LawTask) {
    let types = task.inputs.map { lie == .files && $0.type == "InputFile" ? "String" : $0.type }
    let definition = LawDefinition(
      code: task.code, isList: task.isList, types: types, lie: lie, mark: mark
    ).definition
    let pen = LawPen(bodies: bodies, task: task.id, input: nil)
    let inputs = task.inputs.enumerated().map { made($0.element, of: task.id, at: $0.offset) }
    func bind(_ call: inout TaskCall) {
      for input in inputs { input(&call) }
      call.bind(task.ignored)
      call.bind(Constant(pen))
    }
    if task.isList {
      lists[task.id] = definition.__call(returning: [Int].self) { bind(&$0) }.named("n\(task.id)")
    } else {
      numbers[task.id] = definition.__call(returning: Int.self) { bind(&$0) }.named("n\(task.id)")
    }
  }

  private typealias Binding = (inout TaskCall) -> Void

  private func made(_ input: LawInput, of task: Int, at index: Int) -> Binding {
    func number(_ id: Int) -> Node<Int> { numbers[id] ?? Node(-1) }
    func list(_ id: Int) -> Node<[Int]> { lists[id] ?? Node([-1]) }
    func bound(_ input: some TaskInput<Int>) -> Binding { { $0.bind(input) } }
    func bound(_ input: some TaskInput<[Int]>) -> Binding { { $0.bind(input) } }
    func each(_ source: some TaskInput<[Int]>, _ template: LawTemplate) -> Binding {
      bound(
        ForEach(source, naming: { "\($0)" }) { element in
          copy(of: template, element, template.captured.map(number), of: task, at: index)
        })
    }
    switch input {
    case .constant(let value): return bound(value)
    case .constants(let values): return bound(values)
    case .task(let id): return bound(number(id))
    case .list(let id): return bound(list(id))
    case .count(let id): return bound(list(id).count)
    case .either(let condition, let then, let otherwise):
      let chosen = When(number(condition).isOddInLaw) {
        number(then)
      } otherwise: {
        number(otherwise)
      }
      return bound(chosen)
    case .array(let ids): return bound(ids.map(number))
    case .joined(let ids): return bound(flatten(ids.map(list)))
    case .each(let id, let template): return each(list(id), template)
    case .eachOf(let values, let template): return each(values, template)
    case .file(let number):
      let path = file(number)
      return lie == .files ? { $0.bind(path) } : { $0.bind(Constant(InputFile(path))) }
    }
  }

  private func copy(
    of template: LawTemplate, _ element: Node<Int>, _ captured: [Node<Int>], of task: Int,
    at index: Int
  ) -> Node<Int> {
    let definition = LawDefinition(
      code: template.code, isList: false,
      types: Array(repeating: "Int", count: 1 + captured.count), lie: lie, mark: mark
    ).definition
    let pen = LawPen(bodies: bodies, task: task, input: index)
    return definition.__call(returning: Int.self) { call in
      call.bind(element)
      for node in captured { call.bind(node) }
      call.bind(0)
      call.bind(Constant(pen))
    }.named("n\(task)e\(index)")
  }
}

extension Int {
  fileprivate var isOddInLaw: Bool { self % 2 == 1 }
}
