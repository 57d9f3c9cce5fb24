// CRC-32 with the reflected polynomial 0xEDB88320, computed with the processor's own instructions.

#ifndef MILLRACE_CRC_H
#define MILLRACE_CRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Whether this processor has instructions that help; found once, then remembered.
bool millrace_crc32_is_supported(void);

/// Continues a checksum, on a processor that is supported.
///
/// `state` is the complement of the checksum so far, and so is what is returned. `count` is a multiple of
/// 16 and at least 64.
uint32_t millrace_crc32_blocks(uint32_t state, const void *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
