#!/usr/bin/env python3
"""read_store.py STORE [NAME]: what each name stands for, or the bytes of one; see docs/formats.md."""
import hashlib, pathlib, struct, sys, zlib


def item(data, at):
    """One CBOR item and where the next one begins; a tag is left out, and its content stays."""
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0)
    number = int.from_bytes(data[at:at + size], "big") if size else info
    at += size
    if major == 0: return number, at
    if major == 1: return -1 - number, at
    if major in (2, 3):
        content = data[at:at + number]
        return (content if major == 2 else content.decode()), at + number
    if major == 6: return item(data, at)
    items = []
    for _ in range(number * (major - 3)):
        content, at = item(data, at)
        items.append(content)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), at


def records(path):
    """The payloads of a segment; one that is damaged is passed over, byte by byte."""
    data, at, writer = path.read_bytes(), 16, bytes.fromhex(path.stem)
    while at + 12 <= len(data):
        length, payload_sum, head_sum = struct.unpack_from("<III", data, at)
        head = writer + struct.pack("<QII", at, length, payload_sum)
        payload = data[at + 12:at + 12 + length]
        if zlib.crc32(head) != head_sum or len(payload) < length:
            at += 1
            continue
        if zlib.crc32(payload) == payload_sum: yield item(payload, 0)[0], writer
        at += 12 + length


def main(store, wanted=None):
    names, results, logs = {}, {}, sorted((store / "log").glob("*.log"))
    for fields, writer in (record for path in logs for record in records(path)):
        stamp = (fields[1], fields.get(2, writer))
        if fields[0] == 2: results[fields[8], fields[9]] = fields
        if fields[0] == 2 and 18 in fields: bound = f"{fields[18]}/{fields[15]}", fields[8], fields[9]
        elif fields[0] == 4: bound = fields[8], fields[10], fields[9]
        else: continue
        if stamp > names.get(bound[0], ((0, b""),))[0]: names[bound[0]] = stamp, *bound[1:]
    for name, (_, key, artifact) in sorted(names.items()):
        digest, result = artifact.hex(), results[key, artifact]
        if wanted is None: print(f"{digest[:12]}  {result[10]:>9}  {result[11]:<8}  {name}")
        if name != wanted: continue
        content = result[12] if 12 in result else (store / "objects" / digest[:2] / digest[2:]).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest: sys.exit("The artifact is damaged.")
        return sys.stdout.buffer.write(content)
    if wanted is not None: sys.exit(f"Nothing has the name '{wanted}'.")


main(pathlib.Path(sys.argv[1]), *sys.argv[2:3])
