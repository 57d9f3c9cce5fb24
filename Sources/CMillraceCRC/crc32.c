#include "CMillraceCRC.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

static bool detect(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
  const unsigned pclmulqdq_and_sse41 = 1u << 1 | 1u << 19;
  return (c & pclmulqdq_and_sse41) == pclmulqdq_and_sse41;
}

// V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009:
// 64 bytes are folded onto the 64 that follow by multiplying with powers of x modulo the polynomial,
// then four registers onto one, and that one to 32 bits by Barrett's reduction. All reflected.

// Moves `value` over as many bits as the constants stand for, onto `next`.
__attribute__((target("pclmul,sse4.1")))
static inline __m128i fold(__m128i value, __m128i constants, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(value, constants, 0x00);
  const __m128i high = _mm_clmulepi64_si128(value, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

__attribute__((target("pclmul,sse4.1")))
uint32_t millrace_crc32_blocks(uint32_t state, const void *bytes, size_t count) {
  const __m128i *next = bytes;
  const __m128i over512 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i over128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const __m128i over64 = _mm_set_epi64x(0, 0x163cd6124);
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  const __m128i low32 = _mm_set_epi32(0, -1, 0, -1);

  __m128i a = _mm_xor_si128(_mm_loadu_si128(next), _mm_cvtsi32_si128((int)state));
  __m128i b = _mm_loadu_si128(next + 1);
  __m128i c = _mm_loadu_si128(next + 2);
  __m128i d = _mm_loadu_si128(next + 3);
  for (next += 4, count -= 64; count >= 64; next += 4, count -= 64) {
    a = fold(a, over512, _mm_loadu_si128(next));
    b = fold(b, over512, _mm_loadu_si128(next + 1));
    c = fold(c, over512, _mm_loadu_si128(next + 2));
    d = fold(d, over512, _mm_loadu_si128(next + 3));
  }
  a = fold(fold(fold(a, over128, b), over128, c), over128, d);
  for (; count >= 16; next++, count -= 16) a = fold(a, over128, _mm_loadu_si128(next));

  // 128 bits to 96, and those to 64.
  a = _mm_xor_si128(_mm_clmulepi64_si128(a, over128, 0x10), _mm_srli_si128(a, 8));
  a = _mm_xor_si128(
      _mm_clmulepi64_si128(_mm_and_si128(a, low32), over64, 0x00), _mm_srli_si128(a, 4));
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(a, low32), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low32), polynomial, 0x00);
  return (uint32_t)_mm_extract_epi32(_mm_xor_si128(a, quotient), 1);
}

#elif defined(__aarch64__) && !defined(__AARCH64EB__)

#include <arm_acle.h>
#include <string.h>

#if defined(__APPLE__)
// Every 64-bit ARM processor of Apple has the instructions.
static bool detect(void) { return true; }
#elif defined(__linux__)
#include <sys/auxv.h>
static bool detect(void) {
  const unsigned long crc32 = 1ul << 7;  // HWCAP_CRC32
  return (getauxval(AT_HWCAP) & crc32) != 0;
}
#else
static bool detect(void) { return false; }
#endif

__attribute__((target("crc")))
uint32_t millrace_crc32_blocks(uint32_t state, const void *bytes, size_t count) {
  const char *next = bytes;
  for (; count >= 8; next += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    state = __crc32d(state, word);
  }
  return state;
}

#else

static bool detect(void) { return false; }

uint32_t millrace_crc32_blocks(uint32_t state, const void *bytes, size_t count) {
  (void)bytes;
  (void)count;
  return state;
}

#endif

bool millrace_crc32_is_supported(void) {
  // Several threads may detect at once; they find the same answer.
  static int32_t remembered = -1;
  int32_t known = __atomic_load_n(&remembered, __ATOMIC_RELAXED);
  if (known < 0) {
    known = detect();
    __atomic_store_n(&remembered, known, __ATOMIC_RELAXED);
  }
  return known;
}
