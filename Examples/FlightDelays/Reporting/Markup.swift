import Millrace

/// An element with escaped attribute values; elements without content close themselves.
///
/// Everything in the report is written through this function, so that tags are always balanced.
///
/// - Parameters:
///   - name: The element's name.
///   - attributes: In the order in which they are written.
///   - content: Markup, not plain text; see ``escaped(_:)``.
@Tracked
func element(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: String...
) -> String {
  var result = "<" + name
  for (key, value) in attributes { result += " " + key + "=\"" + escaped(value) + "\"" }
  if content.isEmpty { return result + "/>" }
  result += ">"
  for part in content { result += part }
  return result + "</" + name + ">"
}

/// Plain text as markup.
@Tracked
func escaped(_ text: String) -> String {
  var result: [UInt8] = []
  result.reserveCapacity(text.utf8.count)
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "&"): result += Array("&amp;".utf8)
    case UInt8(ascii: "<"): result += Array("&lt;".utf8)
    case UInt8(ascii: ">"): result += Array("&gt;".utf8)
    case UInt8(ascii: "\""): result += Array("&quot;".utf8)
    default: result.append(byte)
    }
  }
  return String(decoding: result, as: UTF8.self)
}

/// A paragraph of plain text.
@Tracked
func paragraph(_ text: String) -> String {
  element("p", [:], escaped(text))
}

/// A table of plain text with a caption and a header for each column.
///
/// The first cell of a row is its header; the columns after it are numbers, set to the right.
///
/// - Parameters:
///   - caption: What the table is, also read to those who do not see it.
///   - header: One name per column.
///   - rows: As many cells each.
///   - marked: The row to point out, if any.
///   - wraps: Whether a row's header may break into lines, as sentences should.
@Tracked
func table(
  caption: String, header: [String], rows: [[String]], marked: Int? = nil, wraps: Bool = false
) -> String {
  let heads = header.map { element("th", ["scope": "col"], escaped($0)) }.joined()
  let body = rows.enumerated().map { index, row in
    let cells = row.enumerated().map { column, cell in
      column == 0
        ? element("th", ["scope": "row"], escaped(cell)) : element("td", [:], escaped(cell))
    }
    return element("tr", index == marked ? ["class": "chosen"] : [:], cells.joined())
  }
  return element(
    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
    element(
      "table", wraps ? ["class": "words"] : [:], element("caption", [:], escaped(caption)),
      element("thead", [:], element("tr", [:], heads)), element("tbody", [:], body.joined())))
}
