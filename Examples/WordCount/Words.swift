import Millrace

/// The words of a text, in lower case and in their order.
///
/// A word is a run of letters of any script; an apostrophe within one belongs to it. Digits are none.
@Tracked
func words(in text: String) -> [String] {
  text.lowercased()
    .split { !$0.isLetter && $0 != "'" && $0 != "’" }
    .compactMap { run in
      let word = run.trimming(while: { !$0.isLetter })
      return word.isEmpty ? nil : String(word.map { $0 == "’" ? "'" : $0 })
    }
}

/// What people read in a Markdown text: no code, no addresses of links, no tags.
///
/// Simple on purpose: it knows fences and spans of code, and nothing of indented code.
@Tracked
func prose(ofMarkdown text: String) -> String {
  let noise = #/`[^`]*`|\]\([^)]*\)|<[^>]*>|https?:[^\s)]*/#
  var lines: [String] = []
  var isCode = false
  for line in text.split(whereSeparator: \.isNewline) {
    if line.trimming(while: \.isWhitespace).hasPrefix("```") {
      isCode.toggle()
    } else if !isCode {
      lines.append(String(line.replacing(noise, with: " ")))
    }
  }
  return lines.joined(separator: "\n")
}

/// The forty commonest words of English prose, or nearly.
@Tracked
let commonWords: Set<String> = [
  "a", "all", "an", "and", "are", "as", "at", "be", "but", "by", "can", "for", "from", "has",
  "have", "if", "in", "is", "it", "its", "no", "not", "of", "on", "one", "or", "so", "than", "that",
  "the", "their", "there", "they", "this", "to", "was", "what", "which", "with", "you",
]

@Tracked
extension Substring {
  /// Without the characters at either end of which this is true.
  fileprivate func trimming(while isOutside: (Character) -> Bool) -> Substring {
    var rest = drop(while: isOutside)
    while let last = rest.last, isOutside(last) { rest.removeLast() }
    return rest
  }
}
