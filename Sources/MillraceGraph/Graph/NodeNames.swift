package import MillraceCoding

/// The readable names of nodes: unique, and the same however the graph's other parts change.
///
/// A node has its explicit name, or its task's. Where several share one, each default name gets a
/// suffix of ten digits, `train#3fa91c05d2`, from what the node *is*: its task and where its inputs come
/// from, never its position. So adding a node renames no other. Nodes of one name after that are the
/// same call with the same inputs, and the same result.
package struct NodeNames: Sendable {
  private let names: [String]

  package subscript(position: Int) -> String { names[position] }

  /// - Parameters:
  ///   - bases: The explicit or default name of each node.
  ///   - isExplicit: Whether a node's name was given to it and stays as it is.
  ///   - identities: Called once, and only where default names meet.
  package init(
    bases: [String], isExplicit: (Int) -> Bool, identities: () -> [Digest]
  ) {
    var counts: [String: Int] = [:]
    for base in bases { counts[base, default: 0] += 1 }
    var names = bases
    if counts.values.contains(where: { $0 > 1 }) {
      let identities = identities()
      for position in names.indices where counts[names[position]]! > 1 && !isExplicit(position) {
        names[position] += Self.suffix(for: identities[position])
      }
    }
    self.names = names
  }
}

extension NodeNames {
  init(_ traversal: Traversal) {
    self.init(
      bases: traversal.records.enumerated().map {
        traversal.attributes[$0.offset]?.name ?? $0.element.defaultName
      },
      isExplicit: { traversal.attributes[$0]?.name != nil },
      identities: {
        var identities: [Digest] = []
        for (position, record) in traversal.records.enumerated() {
          if let name = traversal.attributes[position]?.name {
            identities.append(Self.identity(ofNodeNamed: name))
            continue
          }
          let identity = record.identity { input in
            identities[traversal.position(of: record.source(input))]
          }
          identities.append(
            identity.following(traversal.previousCalls[position].map { identities[$0] }))
        }
        return identities
      })
  }
}

extension NodeNames {
  /// What tells nodes of one default name apart: 40 bits, of which ten thousand nodes share two with a
  /// chance of one in twenty thousand.
  package static func suffix(for identity: Digest) -> String { "#\(identity.hex.prefix(10))" }

  /// A default name with its suffix, in one piece of memory: large graphs have many.
  package static func name(_ base: String, suffixedFor identity: Digest) -> String {
    var base = base
    return base.withUTF8 { base in
      String(unsafeUninitializedCapacity: base.count + 11) { name in
        _ = UnsafeMutableRawBufferPointer(name).initializeMemory(as: UInt8.self, from: base)
        name[base.count] = UInt8(ascii: "#")
        identity.withUnsafeBytes { bytes in
          for digit in 0..<10 {
            let value = bytes[digit / 2] >> (digit % 2 == 0 ? 4 : 0) & 15
            name[base.count + 1 + digit] =
              value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
          }
        }
        return base.count + 11
      }
    }
  }

  /// An explicit name stands for all that is behind it: what follows keeps its name whatever changes
  /// there.
  package static func identity(ofNodeNamed name: String) -> Digest {
    .sha256(Array("named \(name)".utf8))
  }
}

extension Digest {
  /// The identity of a call on an instance: equal calls are told apart by what was called before.
  package func following(_ previous: Digest?) -> Digest {
    previous.map { .sha256(Array("\(hex) after \($0.hex)".utf8)) } ?? self
  }
}

extension UnsafePointer<NodeRecord> {
  /// A digest of the task and of where each input comes from; no code and no file's content.
  ///
  /// - Parameter source: The identity of the node that gives an input.
  package func identity(_ source: (Int) -> Digest) -> Digest {
    var hash = definition.identityBeginning
    if let template = definition.template { hash.update(hexOf: template.identity) }
    for input in 0..<inputCount {
      if !isConstant(input) {
        hash.update(hexOf: source(input))
      } else if let digest = try? definition.parameters[input].type.digest(of: cell(input)) {
        hash.update(hexOf: digest)
      } else {
        hash.update([0])
      }
    }
    return hash.finalize()
  }
}
