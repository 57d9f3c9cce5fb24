#define _GNU_SOURCE
#include "CMillraceFiles.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>

void millrace_begin_writing(int file) {
#if defined(__linux__)
  // A hint: what is wrong with the file is said by the call that waits.
  (void)sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
  (void)file;
#endif
}

void millrace_prepare_memory(void *start, size_t size) {
#if defined(__linux__)
  const uintptr_t large = 2 << 20, small = 4096;
  const uintptr_t begin = (uintptr_t)start, end = begin + size;
  const uintptr_t first = (begin + large - 1) & ~(large - 1), last = end & ~(large - 1);
  if (first < last) (void)madvise((void *)first, last - first, MADV_HUGEPAGE);
#if defined(MADV_POPULATE_WRITE)
  const uintptr_t page = (begin + small - 1) & ~(small - 1), behind = end & ~(small - 1);
  if (page < behind) (void)madvise((void *)page, behind - page, MADV_POPULATE_WRITE);
#endif
#else
  (void)start;
  (void)size;
#endif
}
