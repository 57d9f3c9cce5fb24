extension CBOR {
  /// The digest of an encoded byte string, without a copy of it.
  package static func digest(ofByteString bytes: UnsafeRawBufferPointer) -> Digest {
    var head = CBORWriter(reservingCapacity: 9)
    head.appendHead(.bytes, UInt64(bytes.count))
    var hash = SHA256()
    hash.update(head.bytes)
    hash.update(bytes)
    return hash.finalize()
  }
}
