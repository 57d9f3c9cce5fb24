#include "CMillraceSHA.h"
#include "compress.h"

#include <string.h>

static int32_t detect(void) {
#if MILLRACE_SHA_HAS_X86
  if (millrace_sha256_has_x86()) return MILLRACE_SHA256_X86;
#elif MILLRACE_SHA_HAS_ARM
  if (millrace_sha256_has_arm()) return MILLRACE_SHA256_ARM;
#endif
  return MILLRACE_SHA256_PORTABLE;
}

int32_t millrace_sha256_best(void) {
  // Several threads may detect at once; they find the same answer.
  static int32_t remembered = -1;
  int32_t best = __atomic_load_n(&remembered, __ATOMIC_RELAXED);
  if (best < 0) {
    best = detect();
    __atomic_store_n(&remembered, best, __ATOMIC_RELAXED);
  }
  return best;
}

bool millrace_sha256_supports(int32_t implementation) {
  return implementation == MILLRACE_SHA256_PORTABLE || implementation == millrace_sha256_best();
}

static void compress(millrace_sha256 *state, const uint8_t *blocks, size_t count) {
  switch (state->implementation) {
#if MILLRACE_SHA_HAS_X86
    case MILLRACE_SHA256_X86:
      millrace_sha256_compress_x86(state->chain, blocks, count);
      return;
#elif MILLRACE_SHA_HAS_ARM
    case MILLRACE_SHA256_ARM:
      millrace_sha256_compress_arm(state->chain, blocks, count);
      return;
#endif
    default:
      millrace_sha256_compress_portable(state->chain, blocks, count);
  }
}

void millrace_sha256_start(millrace_sha256 *state, int32_t implementation) {
  // FIPS 180-4, section 5.3.3.
  static const uint32_t first[8] = {
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  };
  memcpy(state->chain, first, sizeof first);
  state->length = 0;
  state->implementation =
      millrace_sha256_supports(implementation) ? implementation : MILLRACE_SHA256_PORTABLE;
}

void millrace_sha256_update(millrace_sha256 *state, const void *bytes, size_t count) {
  if (count == 0) return;
  const uint8_t *next = bytes;
  size_t used = state->length % 64;
  state->length += count;
  if (used > 0) {
    size_t room = 64 - used;
    size_t taken = count < room ? count : room;
    memcpy(state->block + used, next, taken);
    next += taken;
    count -= taken;
    if (taken < room) return;
    compress(state, state->block, 1);
  }
  if (count >= 64) {
    compress(state, next, count / 64);
    next += count / 64 * 64;
    count %= 64;
  }
  if (count > 0) memcpy(state->block, next, count);
}

void millrace_sha256_finish(millrace_sha256 *state, void *digest) {
  // FIPS 180-4, section 5.1.1: a one bit, zeros, and the length in bits.
  uint64_t bits = state->length * 8;
  size_t used = state->length % 64;
  state->block[used++] = 0x80;
  if (used > 56) {
    memset(state->block + used, 0, 64 - used);
    compress(state, state->block, 1);
    used = 0;
  }
  memset(state->block + used, 0, 56 - used);
  for (int i = 0; i < 8; i++) state->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
  compress(state, state->block, 1);
  uint8_t *out = digest;
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(state->chain[i / 4] >> (24 - 8 * (i % 4)));
}
