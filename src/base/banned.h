/*
 * Functions of libc that invite mistakes: naming one does not compile.
 * It must not know: anything else. Included last by every source file through err.h.
 */
#ifndef AMIPLAN_BASE_BANNED_H
#define AMIPLAN_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Macros where libc checks its buffers. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets
#pragma GCC poison gmtime localtime ctime asctime mktime
#pragma GCC poison atoi atol atoll atof

#endif
