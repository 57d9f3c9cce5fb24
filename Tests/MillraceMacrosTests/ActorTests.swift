import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import MillraceMacros

/// Actors and their methods as tasks.
@Suite
struct ActorTests {
  @Test
  func `an actor becomes a task of its initialiser, and a method one of its instance`() {
    expectExpansion(
      of: """
        @Task
        actor Counter {
          init(start: Int) throws {}
          @Task func add(_ number: Int) -> Int { 1 }
        }
        """,
      is: """
        actor Counter {
          init(start: Int) throws {}
          func add(_ number: Int) -> Int { 1 }

          nonisolated private static let __macro_local_21task_dd4ac5230055a5e9fMu_ = Millrace.TaskDefinition(
            __id: Millrace.TaskID(
              fileID: "App/Text.swift", path: "Counter.add(_:)",
              parameterTypes: ["Counter", "Int"], isPrivate: false),
            attributes: Millrace.TaskAttributes(),
            fingerprint: Millrace.Fingerprint(0x5578364db92fc6db, 0x2e8387c3d9571eea),
            usedNames: ["Counter", "Int"],
            calledNames: [],
            line: 4,
            parameters: [
              .__parameter("instance", Counter.self, "Counter"),
              .__parameter("number", Int.self, "Int")
            ],
            output: .__result(Int.self, "Int"),
            injects: true,
            async: { await $0[0, as: Counter.self].add($0[1, as: Int.self]) }
          )

          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated private static let __macro_local_27found_task_dd4ac5230055a5e9fMu_: Millrace.__CodeRecord = (1, { Millrace.__Code.report($0, __macro_local_21task_dd4ac5230055a5e9fMu_) })

          @_disfavoredOverload
          nonisolated static func $add(
            _ instance: Millrace.Node<Counter>,
            _ number: some Millrace.TaskInput<Int>
          ) -> Millrace.Node<Int> {
            __macro_local_21task_dd4ac5230055a5e9fMu_.__call(on: instance) {
              $0.bind(number)
            }
          }

          nonisolated static func $add(
            _ instance: Millrace.Node<Counter>,
            _ number: Int
          ) -> Millrace.Node<Int> {
            __macro_local_21task_dd4ac5230055a5e9fMu_.__call(on: instance) {
              $0.bind(constant: number as Int)
            }
          }
        }

        private enum __macro_local_21task_297a3434c811bd0afMu_ {
          nonisolated static let definition = Millrace.TaskDefinition(
            __id: Millrace.TaskID(
              fileID: "App/Text.swift", path: "Counter",
              parameterTypes: ["Int"], isPrivate: false),
            attributes: Millrace.TaskAttributes(),
            fingerprint: Millrace.Fingerprint(0xae15e24286d464e2, 0xc525d94bbde421dd),
            usedNames: ["Int"],
            calledNames: [],
            line: 2,
            parameters: [
              .__parameter("start", Int.self, "Int")
            ],
            output: .__instance(Counter.self, "Counter"),
            sync: { try Counter(start: $0[0, as: Int.self]) }
          )

          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated static let __record: Millrace.__CodeRecord = (1, { Millrace.__Code.report($0, __macro_local_21task_297a3434c811bd0afMu_.definition) })
        }

        @_disfavoredOverload
        nonisolated func $Counter(
          start: some Millrace.TaskInput<Int>
        ) -> Millrace.Node<Counter> {
          __macro_local_21task_297a3434c811bd0afMu_.definition.__call {
            $0.bind(start)
          }
        }

        nonisolated func $Counter(
          start: Int
        ) -> Millrace.Node<Counter> {
          __macro_local_21task_297a3434c811bd0afMu_.definition.__call {
            $0.bind(constant: start as Int)
          }
        }
        """)
  }

  @Test
  func `an actor without an initialiser is made of nothing`() {
    let text = expand("@Task actor A {}").text
    #expect(text.contains("sync: { _ in A() }"))
    #expect(text.contains("output: .__instance(A.self, \"A\")"))
    #expect(text.contains("func $A() -> Millrace.Node<A>"))
  }

  @Test(arguments: [
    ("public actor A { public init() {} }", "nonisolated public func $A"),
    ("public actor A { init() {} }", "nonisolated func $A"),
    ("public actor A {}", "nonisolated func $A"),
    ("public actor A { package init() {} }", "nonisolated package func $A"),
    ("actor A { public init() {} }", "nonisolated func $A"),
    ("actor A { fileprivate init() {} }", "nonisolated fileprivate func $A"),
    ("private actor A { init() {} }", "nonisolated private func $A"),
  ])
  func `a node is made where the actor and its initialiser can be seen`(
    source: String, declaration: String
  ) {
    let expanded = expand("@Task \(source)")
    #expect(expanded.problems.isEmpty)
    #expect(expanded.text.contains("\(declaration)() -> Millrace.Node<A>"))
  }

  @Test
  func `the instance gets a name that the method does not use`() {
    let text = expand("@Task actor A { @Task func f(instance: Int) throws {} }").text
    #expect(text.contains("_ _instance: Millrace.Node<A>,"))
    #expect(text.contains("__call(on: _instance) {"))
    #expect(
      text.contains("async: { try await $0[0, as: A.self].f(instance: $0[1, as: Int.self]) }"))
    #expect(text.contains("output: .__result(),"))
  }

  @Test(arguments: MisuseCase.methods)
  func `misuse of a method is diagnosed`(_ misuse: MisuseCase) {
    func inActor(_ source: String) -> String { "@Task actor A {\n\(source)\n}" }
    let expanded = expand(inActor(misuse.source))
    #expect(expanded.problems.map(\.kind) == [misuse.kind])
    var specification = misuse.specification
    specification = DiagnosticSpec(
      message: misuse.message, line: 2, column: misuse.column, fixIts: specification.fixIts)
    expectExpansion(
      of: inActor(misuse.source), is: expanded.text, diagnostics: [specification],
      fixed: misuse.fixed.map(inActor))
  }
}
