import MillraceEngine

/// A source of fingerprints as it is written: `source` or `executable`.
enum FingerprintChoice {
  static func source(_ text: String) throws(Settings.Problem) -> FingerprintSource {
    guard let source = FingerprintSource(rawValue: text) else {
      throw Settings.Problem(
        "'\(text)' is no fingerprint; use 'source', or 'executable' to run everything again after each build of other code."
      )
    }
    return source
  }
}
