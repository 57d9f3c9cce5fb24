import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

extension TaskReader {
  /// What the macro itself understands of the attribute's arguments.
  struct Arguments {
    /// As `TaskAttributes` takes them.
    var text = ""
    /// False where the attribute says that the value is not stored.
    var keepsValue = true
  }

  /// Arguments are handed on as they are, but for labels and names in `ignoring:`, which the
  /// definition knows by one name only. What `@Unkeyed` properties add to them comes last.
  mutating func readArguments(naming parameters: [TaskParameter]) -> Arguments {
    var result = Arguments()
    var ignored = parameters.filter(\.isUnkeyed).map(\.recordedName)
    var texts: [String] = []
    for argument in attribute.arguments?.as(LabeledExprListSyntax.self) ?? [] {
      switch argument.label?.text {
      case "cache": result.keepsValue = !argument.expression.isPassingPolicy
      case "ignoring":
        let named = readIgnored(argument.expression, naming: parameters)
        ignored = named + ignored.filter { !named.contains($0) }
        continue
      case nil: checkName(argument.expression)
      default: break
      }
      let label = argument.label.map { "\($0.text): " } ?? ""
      texts.append(label + argument.expression.trimmedDescription)
    }
    if !ignored.isEmpty { texts.append("ignoring: [\(ignored.quoted)]") }
    result.text = texts.joined(separator: ", ")
    return result
  }

  private mutating func checkName(_ name: ExprSyntax) {
    guard let literal = name.as(StringLiteralExprSyntax.self), let text = literal.plainText,
      text.contains("::")
    else { return }
    problems.report(.reservedName, at: literal, name: text)
  }

  private mutating func readIgnored(
    _ list: ExprSyntax, naming parameters: [TaskParameter]
  ) -> [String] {
    guard let array = list.as(ArrayExprSyntax.self) else {
      problems.report(.computedIgnored, at: list)
      return []
    }
    var names: [String] = []
    for element in array.elements {
      guard let literal = element.expression.as(StringLiteralExprSyntax.self),
        let name = literal.plainText
      else {
        problems.report(.computedIgnored, at: element.expression)
        continue
      }
      if let parameter = parameters.first(where: { $0.isCalled(name) }) {
        names.append(parameter.recordedName)
      } else {
        reportUnknown(name, at: literal, among: parameters)
      }
    }
    return names
  }

  private mutating func reportUnknown(
    _ name: String, at literal: StringLiteralExprSyntax, among parameters: [TaskParameter]
  ) {
    let nearest = name.nearest(among: parameters.map(\.recordedName))
    problems.report(
      .unknownIgnored, at: literal, name: name, other: nearest ?? "",
      fix: nearest.map {
        .replacing(
          literal, with: StringLiteralExprSyntax(content: $0), "Replace '\(name)' by '\($0)'")
      })
  }
}

extension TaskParameter {
  fileprivate func isCalled(_ text: String) -> Bool {
    recordedName == text || name.withoutBackticks == text
  }
}

extension StringLiteralExprSyntax {
  /// The text as it is written; nil for one with interpolations.
  fileprivate var plainText: String? {
    guard segments.count == 1, case .stringSegment(let segment)? = segments.first
    else { return nil }
    return segment.content.text
  }
}

extension ExprSyntax {
  /// Whether this is `.transient` or `.off`, with or without the type.
  fileprivate var isPassingPolicy: Bool {
    guard let access = self.as(MemberAccessExprSyntax.self) else { return false }
    return ["transient", "off"].contains(access.declName.baseName.plainName)
  }
}

extension String {
  /// The most similar of some names; nil if none is similar.
  func nearest(among names: [String]) -> String? {
    names.map { (name: $0, distance: distance(to: $0)) }
      .filter { $0.distance <= Swift.max(count, $0.name.count) / 2 }
      .min { $0.distance < $1.distance }?.name
  }

  /// Insertions, removals and replacements that make one string of the other.
  private func distance(to other: String) -> Int {
    let other = Array(other.lowercased())
    var row = Array(0...other.count)
    for (i, character) in lowercased().enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, candidate) in other.enumerated() {
        let replaced = diagonal + (character == candidate ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[other.count]
  }
}
