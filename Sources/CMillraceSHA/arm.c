#include "compress.h"

#if MILLRACE_SHA_HAS_ARM

#include <arm_neon.h>

#if defined(__APPLE__)
// Every 64-bit ARM processor of Apple has the instructions.
bool millrace_sha256_has_arm(void) { return true; }
#elif defined(__linux__)
#include <sys/auxv.h>
bool millrace_sha256_has_arm(void) {
  const unsigned long sha2 = 1ul << 6;  // HWCAP_SHA2
  return (getauxval(AT_HWCAP) & sha2) != 0;
}
#else
bool millrace_sha256_has_arm(void) { return false; }
#endif

// Four rounds: `group` counts from 0 to 15. The message words of a group replace those of four
// groups before, so four registers hold the part of the schedule that is still needed.
#define ROUNDS(group)                                                                              \
  do {                                                                                             \
    if ((group) < 4) {                                                                             \
      words[(group) & 3] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(blocks + 16 * ((group) & 3)))); \
    } else {                                                                                       \
      words[(group) & 3] = vsha256su1q_u32(                                                        \
          vsha256su0q_u32(words[(group) & 3], words[((group) + 1) & 3]),                           \
          words[((group) + 2) & 3], words[((group) + 3) & 3]);                                     \
    }                                                                                              \
    uint32x4_t sum = vaddq_u32(                                                                    \
        words[(group) & 3], vld1q_u32(millrace_sha256_constants + 4 * (group)));                   \
    uint32x4_t abcd_old = abcd;                                                                    \
    abcd = vsha256hq_u32(abcd, efgh, sum);                                                         \
    efgh = vsha256h2q_u32(efgh, abcd_old, sum);                                                    \
  } while (0)

__attribute__((target("sha2")))
void millrace_sha256_compress_arm(uint32_t chain[8], const uint8_t *blocks, size_t count) {
  uint32x4_t abcd = vld1q_u32(chain);
  uint32x4_t efgh = vld1q_u32(chain + 4);

  for (; count > 0; count--, blocks += 64) {
    const uint32x4_t abcd_before = abcd, efgh_before = efgh;
    uint32x4_t words[4];
    ROUNDS(0);
    ROUNDS(1);
    ROUNDS(2);
    ROUNDS(3);
    ROUNDS(4);
    ROUNDS(5);
    ROUNDS(6);
    ROUNDS(7);
    ROUNDS(8);
    ROUNDS(9);
    ROUNDS(10);
    ROUNDS(11);
    ROUNDS(12);
    ROUNDS(13);
    ROUNDS(14);
    ROUNDS(15);
    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }

  vst1q_u32(chain, abcd);
  vst1q_u32(chain + 4, efgh);
}

#endif
