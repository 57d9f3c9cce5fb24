import Testing

@testable import MillraceMacros

@Suite
struct TaskMacroTests {
  @Test
  func `a function becomes a definition and functions that make nodes`() {
    expectExpansion(
      of: """
        @Task("words", version: 2)
        func tokenize(_ text: String, minimumLength: Int = 3) throws -> [String] {
          try split(text)
        }
        """,
      is: """
        func tokenize(_ text: String, minimumLength: Int = 3) throws -> [String] {
          try split(text)
        }

        private enum __macro_local_21task_3fe01339e78825f0fMu_ {
          nonisolated static let definition = Millrace.TaskDefinition(
            __id: Millrace.TaskID(
              fileID: "App/Text.swift", path: "tokenize(_:minimumLength:)",
              parameterTypes: ["String", "Int"], isPrivate: false),
            attributes: Millrace.TaskAttributes("words", version: 2),
            fingerprint: Millrace.Fingerprint(0xd823ed488cfc4b25, 0xb1bb684c9fa501cd),
            usedNames: ["Int", "String", "split"],
            calledNames: ["split"],
            line: 2,
            parameters: [
              .__parameter("text", String.self, "String"),
              .__parameter("minimumLength", Int.self, "Int")
            ],
            output: .__stored([String].self, "[String]"),
            sync: { try tokenize($0[0, as: String.self], minimumLength: $0[1, as: Int.self]) }
          )

          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated static let __record: Millrace.__CodeRecord = (1, { Millrace.__Code.report($0, __macro_local_21task_3fe01339e78825f0fMu_.definition) })
        }

        @_disfavoredOverload
        nonisolated func $tokenize(
          _ text: some Millrace.TaskInput<String>,
          minimumLength: some Millrace.TaskInput<Int> = Millrace.Constant<Int>(3)
        ) -> Millrace.Node<[String]> {
          __macro_local_21task_3fe01339e78825f0fMu_.definition.__call {
            $0.bind(text)
            $0.bind(minimumLength)
          }
        }

        nonisolated func $tokenize(
          _ text: some Millrace.TaskInput<String>,
          minimumLength: Int = 3
        ) -> Millrace.Node<[String]> {
          __macro_local_21task_3fe01339e78825f0fMu_.definition.__call {
            $0.bind(text)
            $0.bind(constant: minimumLength as Int)
          }
        }

        nonisolated func $tokenize(
          _ text: String,
          minimumLength: Int = 3
        ) -> Millrace.Node<[String]> {
          __macro_local_21task_3fe01339e78825f0fMu_.definition.__call {
            $0.bind(constant: text as String)
            $0.bind(constant: minimumLength as Int)
          }
        }
        """)
  }

  @Test
  func `members are static, contexts are handed on, and effects have no value`() {
    expectExpansion(
      of: """
        enum Steps {
          @available(macOS 26, *)
          @Task(cache: .off, ignoring: ["inner"])
          @MainActor public static func save(as inner: Mode, context: TaskContext) async throws {}
        }
        """,
      is: """
        enum Steps {
          @available(macOS 26, *)
          @MainActor public static func save(as inner: Mode, context: TaskContext) async throws {}

          @available(macOS 26, *)
          nonisolated private static let __macro_local_21task_8f9c6740309ff3c6fMu_ = Millrace.TaskDefinition(
            __id: Millrace.TaskID(
              fileID: "App/Text.swift", path: "Steps.save(as:)",
              parameterTypes: ["Mode"], isPrivate: false),
            attributes: Millrace.TaskAttributes(cache: .off, ignoring: ["as"]),
            fingerprint: Millrace.Fingerprint(0x4cf3c4b0c8e335e8, 0xd776a2e0857dcdf1),
            usedNames: ["MainActor", "Mode", "Steps", "TaskContext"],
            calledNames: [],
            line: 4,
            parameters: [
              .__parameter("as", Mode.self, "Mode")
            ],
            output: .__effect(),
            async: { @MainActor in try await Steps.save(as: $0[0, as: Mode.self], context: $0.context) }
          )

          @available(macOS 26, *)
          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated private static let __macro_local_27found_task_8f9c6740309ff3c6fMu_: Millrace.__CodeRecord = (1, { guard #available(macOS 26, *) else { return }; Millrace.__Code.report($0, __macro_local_21task_8f9c6740309ff3c6fMu_) })

          @available(macOS 26, *)
          @_disfavoredOverload
          nonisolated public static func $save(
            as inner: some Millrace.TaskInput<Mode>
          ) -> Millrace.Node<Void> {
            __macro_local_21task_8f9c6740309ff3c6fMu_.__call {
              $0.bind(inner)
            }
          }

          @available(macOS 26, *)
          nonisolated public static func $save(
            as inner: Mode
          ) -> Millrace.Node<Void> {
            __macro_local_21task_8f9c6740309ff3c6fMu_.__call {
              $0.bind(constant: inner as Mode)
            }
          }
        }
        """)
  }

  @Test
  func `a type becomes a definition that makes it and runs it`() {
    expectExpansion(
      of: """
        @Task
        private struct Train {
          var rows: [Row]
          var rate = 0.1
          @Injected(\\.random) var random
          mutating func run() throws -> Model { try fit() }
        }
        """,
      is: """
        private struct Train {
          var rows: [Row]
          var rate = 0.1
          @Injected(\\.random) var random
          mutating func run() throws -> Model { try fit() }
        }

        private enum __macro_local_21task_aabced23956ab20afMu_ {
          nonisolated static let definition = Millrace.TaskDefinition(
            __id: Millrace.TaskID(
              fileID: "App/Text.swift", path: "Train",
              parameterTypes: ["[Row]", "Double"], isPrivate: true),
            attributes: Millrace.TaskAttributes(),
            fingerprint: Millrace.Fingerprint(0xc899f6765b595c12, 0xaa2c769e5acaa1ef),
            usedNames: [".random", "Injected", "Model", "Row", "fit"],
            calledNames: ["fit"],
            line: 2,
            parameters: [
              .__parameter("rows", [Row].self, "[Row]"),
              .__parameter("rate", Double.self, "Double")
            ],
            output: .__stored(Model.self, "Model"),
            injects: true,
            sync: {
              var __task = Train(rows: $0[0, as: [Row].self], rate: $0[1, as: Double.self])
              return try __task.run()
            }
          )

          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated static let __record: Millrace.__CodeRecord = (1, { Millrace.__Code.report($0, __macro_local_21task_aabced23956ab20afMu_.definition) })
        }

        @_disfavoredOverload
        nonisolated private func $Train(
          rows: some Millrace.TaskInput<[Row]>,
          rate: some Millrace.TaskInput<Double> = Millrace.Constant<Double>(0.1)
        ) -> Millrace.Node<Model> {
          __macro_local_21task_aabced23956ab20afMu_.definition.__call {
            $0.bind(rows)
            $0.bind(rate)
          }
        }

        nonisolated private func $Train(
          rows: some Millrace.TaskInput<[Row]>,
          rate: Double = 0.1
        ) -> Millrace.Node<Model> {
          __macro_local_21task_aabced23956ab20afMu_.definition.__call {
            $0.bind(rows)
            $0.bind(constant: rate as Double)
          }
        }

        nonisolated private func $Train(
          rows: [Row],
          rate: Double = 0.1
        ) -> Millrace.Node<Model> {
          __macro_local_21task_aabced23956ab20afMu_.definition.__call {
            $0.bind(constant: rows as [Row])
            $0.bind(constant: rate as Double)
          }
        }
        """)
  }

  @Test
  func `a task without inputs is lifted once`() {
    expectExpansion(
      of: """
        @Task func source() -> Int { 1 }
        """,
      is: """
        func source() -> Int { 1 }

        private enum __macro_local_21task_c69df4f480d670a6fMu_ {
          nonisolated static let definition = Millrace.TaskDefinition(
            __id: Millrace.TaskID(
              fileID: "App/Text.swift", path: "source()",
              parameterTypes: [], isPrivate: false),
            attributes: Millrace.TaskAttributes(),
            fingerprint: Millrace.Fingerprint(0xbe9560c7a40c462d, 0x7cee6734187ccfb1),
            usedNames: ["Int"],
            calledNames: [],
            line: 1,
            parameters: [],
            output: .__stored(Int.self, "Int"),
            sync: { _ in source() }
          )

          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated static let __record: Millrace.__CodeRecord = (1, { Millrace.__Code.report($0, __macro_local_21task_c69df4f480d670a6fMu_.definition) })
        }

        nonisolated func $source() -> Millrace.Node<Int> {
          __macro_local_21task_c69df4f480d670a6fMu_.definition.__call { _ in }
        }
        """)
  }
}
