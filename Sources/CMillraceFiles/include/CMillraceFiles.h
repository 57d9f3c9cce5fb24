// System calls that Swift's view of the C library does not have.

#ifndef MILLRACE_FILES_H
#define MILLRACE_FILES_H

#ifdef __cplusplus
extern "C" {
#endif

/// Lets the system begin to write what a file has in memory, and does not wait for it. Where there is no
/// such call nothing happens.
void millrace_begin_writing(int file);

#ifdef __cplusplus
}
#endif

#endif
