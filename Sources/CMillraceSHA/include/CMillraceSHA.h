// SHA-256 (FIPS 180-4), computed with the processor's own instructions where it has them.

#ifndef MILLRACE_SHA_H
#define MILLRACE_SHA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The code that compresses blocks. The numbers are stable.
enum {
  MILLRACE_SHA256_PORTABLE = 0,
  /// The SHA extensions of x86-64, with SSSE3 and SSE4.1.
  MILLRACE_SHA256_X86 = 1,
  /// The SHA-2 part of the ARMv8 cryptographic extension.
  MILLRACE_SHA256_ARM = 2
};

/// A hash under way. Plain memory: copying it forks the computation.
typedef struct {
  uint32_t chain[8];
  uint64_t length;  // bytes so far
  uint8_t block[64];  // the first `length % 64` bytes of an unfinished block
  int32_t implementation;
} millrace_sha256;

/// The best code for this processor; found once, then remembered.
int32_t millrace_sha256_best(void);

/// Whether this processor can run the given code.
bool millrace_sha256_supports(int32_t implementation);

/// Starts a hash. An implementation that this processor lacks becomes the portable one.
void millrace_sha256_start(millrace_sha256 *state, int32_t implementation);

/// Adds bytes. `bytes` may be null when `count` is 0.
void millrace_sha256_update(millrace_sha256 *state, const void *bytes, size_t count);

/// Writes the 32 bytes of the digest. The state is spent afterwards.
void millrace_sha256_finish(millrace_sha256 *state, void *digest);

#ifdef __cplusplus
}
#endif

#endif
