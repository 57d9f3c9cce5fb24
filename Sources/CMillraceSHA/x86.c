#include "compress.h"

#if MILLRACE_SHA_HAS_X86

#include <cpuid.h>
#include <immintrin.h>

bool millrace_sha256_has_x86(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
  const unsigned ssse3_and_sse41 = 1u << 9 | 1u << 19;
  if ((c & ssse3_and_sse41) != ssse3_and_sse41) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  return b >> 29 & 1;
}

// Four rounds: `group` counts from 0 to 15. The message words of a group replace those of four
// groups before, so four registers hold the part of the schedule that is still needed.
#define ROUNDS(group)                                                                              \
  do {                                                                                             \
    if ((group) < 4) {                                                                             \
      words[(group) & 3] = _mm_shuffle_epi8(                                                       \
          _mm_loadu_si128((const __m128i *)blocks + ((group) & 3)), big_endian);                   \
    } else {                                                                                       \
      __m128i next = _mm_sha256msg1_epu32(words[(group) & 3], words[((group) + 1) & 3]);           \
      next = _mm_add_epi32(                                                                        \
          next, _mm_alignr_epi8(words[((group) + 3) & 3], words[((group) + 2) & 3], 4));           \
      words[(group) & 3] = _mm_sha256msg2_epu32(next, words[((group) + 3) & 3]);                   \
    }                                                                                              \
    __m128i sum = _mm_add_epi32(words[(group) & 3], constants[group]);                             \
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);                                                 \
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));                        \
  } while (0)

__attribute__((target("sha,ssse3,sse4.1")))
void millrace_sha256_compress_x86(uint32_t chain[8], const uint8_t *blocks, size_t count) {
  const __m128i big_endian =
      _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  const __m128i *constants = (const __m128i *)millrace_sha256_constants;

  // The instructions want the words of the chain as A B E F and C D G H, high to low.
  __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)chain), 0xb1);
  __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)chain + 1), 0x1b);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);

  for (; count > 0; count--, blocks += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i words[4];
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
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }

  __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)chain, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)chain + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#endif
