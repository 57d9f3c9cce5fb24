// Foundation's values as inputs and artifacts. Nothing else of Millrace needs Foundation.
#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import MillraceCoding
public import MillraceEngine
public import MillraceGraph

extension Data: TaskValue {}
extension Date: TaskValue {}
extension URL: TaskValue {}
extension UUID: TaskValue {}
extension Decimal: TaskValue {}

/// `Data` is one byte string, and as an artifact the bytes themselves.
extension Data: CBORByteConvertible {
  public func withUnsafeCBORBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withUnsafeBytes(body)
  }

  public init(cborBytes bytes: UnsafeRawBufferPointer) {
    self.init(bytes)
  }
}

extension Data: ShellFile {
  public func shellBytes() -> [UInt8] { Array(self) }
}

extension Data: ShellInput {
  public var __shellInput: __ShellInputForm { __ShellInputForm(constant: self) }
}
