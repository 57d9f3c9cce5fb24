#ifndef CMILLRACE_RECORDS_H
#define CMILLRACE_RECORDS_H

#include <stddef.h>
#include <stdint.h>

/// The records that expanded macros leave in this image, one behind the other; null if there are none.
///
/// `size` is set to their size in bytes.
const void *_Nullable millrace_records(size_t *_Nonnull size);

/// A symbol's name as Swift code has it, allocated with `malloc`; null if it is no symbol of Swift.
/// The Swift runtime exports it.
char *_Nullable swift_demangle(
    const char *_Nonnull name, size_t length, char *_Nullable buffer, size_t *_Nullable bufferSize,
    uint32_t flags);

#endif
