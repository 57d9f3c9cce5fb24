// The three ways to compress whole 64-byte blocks into a chaining value.

#ifndef MILLRACE_SHA_COMPRESS_H
#define MILLRACE_SHA_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define MILLRACE_SHA_HAS_X86 1
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define MILLRACE_SHA_HAS_ARM 1
#endif

// The round constants of FIPS 180-4, section 4.2.2.
extern const uint32_t millrace_sha256_constants[64];

void millrace_sha256_compress_portable(uint32_t chain[8], const uint8_t *blocks, size_t count);

#if MILLRACE_SHA_HAS_X86
bool millrace_sha256_has_x86(void);
void millrace_sha256_compress_x86(uint32_t chain[8], const uint8_t *blocks, size_t count);
#endif

#if MILLRACE_SHA_HAS_ARM
bool millrace_sha256_has_arm(void);
void millrace_sha256_compress_arm(uint32_t chain[8], const uint8_t *blocks, size_t count);
#endif

#endif
