import Millrace
import Testing

private struct Refused: Error {}

@Task(
  "every", version: 2, cache: .transient, randomness: true, environment: ["HOME"],
  retry: .times(3), timeout: .seconds(30), resources: ["memory": .gib(1), "gpu": 1], priority: 3,
  tags: ["a", "b"], ignoring: ["verbosity", "of"])
private func every(_ x: Int, verbosity: Int = 0, of text: String = "") throws(Refused) -> Int { x }

@Task private func plain(_ x: Int) -> Int { x }
@Task private func effect() {}

/// What the arguments of `@Task` say is what the definition has.
@Suite struct AttributeTests {
  @Test func `every argument arrives`() {
    let definition = $every(1).erased.task
    let attributes = definition.attributes
    #expect(definition.name == "every" && attributes.name == "every")
    #expect(attributes.version == 2)
    #expect(attributes.cache == .transient)
    #expect(attributes.randomness)
    #expect(attributes.environment == ["HOME"])
    #expect(attributes.retry == .times(3))
    #expect(attributes.timeout == .seconds(30))
    #expect(attributes.resources == ["memory": .gib(1), "gpu": 1])
    #expect(attributes.priority == 3)
    #expect(attributes.tags == ["a", "b"])
    #expect(attributes.ignoring == ["verbosity", "of"])
    #expect(definition.parameters.map(\.isKeyed) == [true, false, false])
  }

  @Test func `without arguments all is as documented`() {
    let definition = $plain(1).erased.task
    let attributes = definition.attributes
    #expect(definition.name == "plain" && attributes.name == nil)
    #expect(attributes.version == 1)
    #expect(attributes.cache == .stored)
    #expect(!attributes.randomness && attributes.environment.isEmpty)
    #expect(attributes.retry == .none && attributes.timeout == .none)
    #expect(attributes.resources.isEmpty && attributes.priority == 0 && attributes.tags.isEmpty)
    #expect(attributes.ignoring.isEmpty && definition.parameters.allSatisfy(\.isKeyed))
    #expect($effect().erased.task.attributes.cache == .off)
  }
}
