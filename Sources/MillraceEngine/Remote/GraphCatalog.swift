import MillraceCoding
import MillraceGraph

/// The nodes of a graph and of its templates in an order that is the same in every process of one
/// executable: a place in it is how two processes speak of a node.
final class GraphCatalog: @unchecked Sendable {
  // Immutable; the traversal keeps the records alive.
  let records: [UnsafePointer<NodeRecord>]
  /// A digest of everything that places depend on, so that two graphs with equal digests may be taken for
  /// one. Constants that cannot be encoded are not part of it.
  let signature: Digest
  private let places: [UnsafePointer<NodeRecord>: Int]
  private let traversal: Traversal

  /// - Complexity: O(*v* + *e*), and what encoding the constants takes.
  init(_ graph: Graph) {
    traversal = Traversal(graph.leaves, standIns: graph.standIns)
    var records = traversal.records
    var places: [UnsafePointer<NodeRecord>: Int] = [:]
    for (place, record) in records.enumerated() { places[record] = place }
    var next = 0
    while next < records.count {
      if let template = records[next].definition.template {
        let standIns = [template.element] + (template.accumulated.map { [$0] } ?? [])
        for record in standIns + template.nodes where places[record] == nil {
          places[record] = records.count
          records.append(record)
        }
      }
      next += 1
    }
    self.records = records
    self.places = places
    signature = Self.signature(of: records, places)
  }

  /// What modifiers say of a node.
  func attributes(of record: UnsafePointer<NodeRecord>) -> NodeAttributes {
    if let position = traversal.find(record) {
      return traversal.attributes[position] ?? NodeAttributes()
    }
    return records.lazy.compactMap { $0.definition.template?.attributes[record] }.first
      ?? NodeAttributes()
  }

  /// Nil for a node that is no part of the graph.
  func place(of record: UnsafePointer<NodeRecord>) -> Int? { places[record] }

  private static func signature(
    of records: [UnsafePointer<NodeRecord>], _ places: [UnsafePointer<NodeRecord>: Int]
  ) -> Digest {
    var hash = SHA256()
    var helpers: [ObjectIdentifier: String] = [:]
    for record in records {
      let definition = record.definition
      var text =
        "\(definition.shape.rawValue) \(definition.id) \(definition.attributes.version) \(definition.fingerprint) \(definition.output.name) \(definition.output.codec?.id ?? "")"
      if !definition.usedNames.isEmpty {
        text += known(definition, in: &helpers)
      }
      for input in 0..<record.inputCount {
        if record.isConstant(input) {
          let type = definition.parameters[input].type
          let digest = try? type.withEncoded(record.cell(input)) { Digest.sha256($0) }
          text += " \((digest ?? nil)?.hex ?? "constant")"
        } else {
          text += " \(places[record.source(input).original] ?? -1)"
        }
      }
      if let template = definition.template {
        let condition = template.condition.flatMap { places[$0] } ?? -1
        text += " \(places[template.result] ?? -1) \(condition)"
      }
      hash.update(Array("\(text)\n".utf8))
    }
    return hash.finalize()
  }
  /// The fingerprints of a task's helpers, which many nodes share.
  private static func known(
    _ definition: TaskDefinition, in helpers: inout [ObjectIdentifier: String]
  ) -> String {
    if let text = helpers[ObjectIdentifier(definition)] { return text }
    let text = definition.helpers.map { " \($0.name) \($0.fingerprint)" }.joined()
    helpers[ObjectIdentifier(definition)] = text
    return text
  }
}
