import MillraceGraph
import Testing

@testable import MillraceCLI

func listedHelper(_ number: Int) -> Int { number + hiddenLimit }
let hiddenLimit = 3
@Tracked func trackedHelper(_ number: Int) -> Int { innerHelper(number) }
func innerHelper(_ number: Int) -> Int { number }

@Task func untidy(_ number: Int) -> Int {
  [listedHelper(number), trackedHelper(number)].map { $0 + 1 }.max() ?? 0
}
@Task func tidy(_ number: Int) -> Int { number + 1 }

struct Untidy: PipelineCommand {
  var body: Graph {
    ForEach($numbers(3)) { $untidy($0) }
    $tidy(1)
  }
}

/// What tasks call and nothing follows.
struct UntrackedNamesTests {
  private func list(
    _ called: [String], uses: [String] = [], following: [Declaration] = [], path: String = "task()",
    declared: [String], others: [String] = []
  ) -> [String] {
    let definition = TaskDefinition(
      __id: TaskID(fileID: "App/In/Tasks.swift", path: path), attributes: TaskAttributes(),
      fingerprint: .none, usedNames: uses, calledNames: called, line: 7, parameters: [],
      output: .__stored(Int.self, "Int"), sync: { _ in 1 })
    let names = ModuleNames(
      declared.compactMap { DeclaredSymbol($0, in: "App") }, others: others)
    let listed = UntrackedNames.list(
      of: [definition], following: DeclarationTable(following), declared: { _ in names })
    #expect(listed.map(\.file) == ["In/Tasks.swift"] && listed.map(\.line) == [7])
    return listed[0].names.map(\.description)
  }

  private func tracked(_ path: String, calls: [String] = [], uses: [String] = []) -> Declaration {
    Declaration(
      fileID: "App/Text.swift", line: 1, path: path, answers: [path], fingerprint: "",
      usedNames: uses, calledNames: calls)
  }

  @Test func `functions and constants of the module are listed, and others not`() {
    #expect(
      list(
        ["map", "print", "split", "limit"],
        declared: ["App.split() -> ()", "App.limit.getter : Swift.Int", "App.unused() -> ()"])
        == ["limit", "split"])
  }

  @Test func `what is tracked is not listed, by itself or with its type`() {
    let declared = [
      "App.split() -> ()", "static App.Parser.parse() -> ()", "App.Parser.end() -> ()",
    ]
    let called = ["split", "Parser.parse", ".end"]
    #expect(list(called, declared: declared) == ["Parser.end", "Parser.parse", "split"])
    #expect(list(called, following: [tracked("split")], declared: declared).count == 2)
    #expect(
      list(called, following: [tracked("split"), tracked("Parser")], declared: declared).isEmpty)
  }

  @Test func `members count where they can be meant`() {
    let declared = ["App.Steps.help() -> ()", "App.Other.aid() -> ()"]
    #expect(list(["help", "aid"], path: "Steps.task()", declared: declared) == ["Steps.help"])
    #expect(list(["help", "aid"], declared: declared).isEmpty)
    #expect(list(["Steps.help", "Steps.aid"], declared: declared) == ["Steps.help"])
  }

  @Test func `a member that other modules have too counts only if its type is named`() {
    let declared = ["App.Readings.append(Swift.Int) -> ()"]
    let others = ["$sSa6appendyyxnF"]
    #expect(list([".append"], declared: declared, others: others).isEmpty)
    #expect(list([".append"], declared: declared, others: ["$sSa7append2yyxnF"]).count == 1)
    #expect(
      list([".append"], uses: ["Readings"], declared: declared, others: others)
        == ["Readings.append"])
  }

  @Test func `initializers that the compiler writes are no code of the author's`() {
    let properties = ["App.Row.day.getter : Swift.Int", "App.Row.hour.getter : Swift.Int"]
    func listed(_ initializer: String) -> [String] {
      list(["Row"], declared: properties + ["App.Row.init\(initializer) -> App.Row"])
    }
    #expect(listed("(day: Swift.Int, hour: Swift.Int)").isEmpty)
    #expect(listed("(day: Swift.Int)").isEmpty)
    #expect(listed("(Swift.Int, hour: Swift.Int)") == ["Row"])
    #expect(listed("(text: Swift.String)") == ["Row"])
    #expect(
      list(["Int"], declared: ["(extension in App):Swift.Int.init(text: Swift.String)"]).isEmpty)
  }

  @Test func `what a helper calls is listed with the helper`() {
    #expect(
      list(
        ["split"], uses: ["split"],
        following: [tracked("split", calls: ["trim"], uses: ["trim"])],
        declared: ["App.split() -> ()", "App.trim() -> ()"]) == ["trim (in split)"])
  }

  @Test func `a pipeline's untracked helpers are listed`() async {
    let printed = await run(Untidy.self, ["plan", "--untracked", "--store", "memory"])
    #expect(printed.status == 0)
    #expect(
      printed.lines.first?.hasPrefix("untidy (UntrackedNamesTests.swift:") == true)
    #expect(
      printed.lines.first?.hasSuffix("): listedHelper, innerHelper (in trackedHelper)") == true)
    #expect(printed.lines.dropFirst().first?.hasPrefix("Write '@Tracked' before these") == true)
    #expect(printed.lines.count == 2)
  }

  @Test func `JSON has a line for each task`() async {
    let printed = await run(Untidy.self, ["plan", "--untracked", "--json", "--store", "memory"])
    #expect(printed.lines.count == 4)
    #expect(
      printed.lines.contains {
        $0.hasPrefix(
          #"{"event":"task","task":"untidy","file":"UntrackedNamesTests.swift""#)
          && $0.hasSuffix(#""untracked":["listedHelper","innerHelper"]}"#)
      })
    #expect(
      printed.lines.last == #"{"event":"plan","status":"succeeded","tasks":3,"untracked":2}"#)
  }

  @Test func `a pipeline without any says so`() {
    let task = UntrackedNames(task: "tidy", file: "A.swift", line: 1, names: [])
    #expect(
      UntrackedLines.all(of: [task], isDebugBuild: true) == [
        "1 task: all that is called in their own modules is followed."
      ])
    #expect(UntrackedLines.all(of: [task], isDebugBuild: false).count == 2)
  }
}
