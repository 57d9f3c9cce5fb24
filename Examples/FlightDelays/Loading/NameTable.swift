import Millrace

/// Readable names by code, in the file's order.
@Tracked
struct NameTable: Codable, Sendable, Equatable {
  var codes: [String] = []
  var names: [String] = []

  /// The name of a code, or the code itself where the file does not have it.
  func name(of code: String) -> String {
    codes.firstIndex(of: code).map { names[$0] } ?? code
  }
}

/// Reads the airlines' names from a file with the columns `carrier` and `name`.
///
/// - Parameters:
///   - bytes: A CSV file; further columns are ignored.
///   - name: What messages call the file.
/// - Throws: ``DataError`` naming file, line and column.
@Tracked
func parseAirlines(_ bytes: [UInt8], name: String) throws -> NameTable {
  try parseNames(bytes, name: name, code: "carrier")
}

/// Reads the airports' names from a file with the columns `faa` and `name`.
///
/// - Parameters:
///   - bytes: A CSV file; further columns are ignored.
///   - name: What messages call the file.
/// - Throws: ``DataError`` naming file, line and column.
@Tracked
func parseAirports(_ bytes: [UInt8], name: String) throws -> NameTable {
  try parseNames(bytes, name: name, code: "faa")
}

@Tracked
private func parseNames(_ bytes: [UInt8], name: String, code: String) throws -> NameTable {
  var table = NameTable()
  try readCSV(bytes, name: name, columns: [code, "name"]) { row in
    table.codes.append(String(decoding: row.bytes(0), as: UTF8.self))
    table.names.append(String(decoding: row.bytes(1), as: UTF8.self))
  }
  return table
}
