// System calls that Swift's view of the C library does not have.

#ifndef MILLRACE_FILES_H
#define MILLRACE_FILES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Lets the system begin to write what a file has in memory, and does not wait for it. Where there is no
/// such call nothing happens.
void millrace_begin_writing(int file);

/// Lets the system give a buffer its memory at once, in large pages where it can: memory that is touched for
/// the first time costs a fault for each page. A hint, which the system may pass over.
void millrace_prepare_memory(void *start, size_t size);

#ifdef __cplusplus
}
#endif

#endif
