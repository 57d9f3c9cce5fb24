#include "CMillraceRecords.h"

#if defined(__APPLE__)

#include <dlfcn.h>
#include <mach-o/getsect.h>
#include <mach-o/loader.h>

const void *millrace_records(size_t *size) {
  Dl_info image;
  unsigned long length = 0;
  *size = 0;
  if (!dladdr((const void *)&millrace_records, &image)) return NULL;
  const void *records = getsectiondata(
      (const struct mach_header_64 *)image.dli_fbase, "__DATA_CONST", "__millrace", &length);
  *size = records ? length : 0;
  return records;
}

#else

// The linker defines both where a section has such a name. Weak, so that a program without records
// links; hidden, so that each image has its own.
extern const char __start_millrace[] __attribute__((weak, visibility("hidden")));
extern const char __stop_millrace[] __attribute__((weak, visibility("hidden")));

const void *millrace_records(size_t *size) {
  *size = (size_t)((uintptr_t)__stop_millrace - (uintptr_t)__start_millrace);
  return *size ? __start_millrace : NULL;
}

#endif
