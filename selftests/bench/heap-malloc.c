// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The mode is a part of the file name that malloc must come from: ld.so only
 * warns where a library to preload is missing, and glibc would be measured
 * under its name.
 */
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "heap-malloc.h"

size_t heap_bytes;

const char *heap_open(const struct heap_need *need, const char *mode)
{
	void *found = dlsym(RTLD_DEFAULT, "malloc");
	Dl_info info;

	if (!found || !dladdr(found, &info) || !strstr(info.dli_fname, mode))
		die("malloc does not come from %s", mode);
	heap_bytes = need->bytes;
	return NULL;
}

void heap_enter(void)
{
}

/* Each but glibc has a function of its own that tells. */
static bool note_mimalloc(char *note, size_t size)
{
	__typeof__(mi_version) *tell = dlsym(RTLD_DEFAULT, "mi_version");
	int version = tell ? tell() : 0;

	if (tell)
		snprintf(note, size, "mimalloc %d.%d.%d", version / 100,
			 version / 10 % 10, version % 10);
	return tell;
}

static bool note_jemalloc(char *note, size_t size)
{
	__typeof__(mallctl) *tell = dlsym(RTLD_DEFAULT, "mallctl");
	const char *version = "";
	size_t bytes = sizeof(version);

	if (tell && !tell("version", &version, &bytes, NULL, 0))
		snprintf(note, size, "jemalloc %.*s",
			 (int)strcspn(version, "-"), version);
	return tell;
}

static bool note_tcmalloc(char *note, size_t size)
{
	__typeof__(tc_version) *tell = dlsym(RTLD_DEFAULT, "tc_version");

	if (tell)
		snprintf(note, size, "%s", tell(NULL, NULL, NULL));
	return tell;
}

const char *heap_note(void)
{
	static char note[64];

	if (!note_mimalloc(note, sizeof(note)) &&
	    !note_jemalloc(note, sizeof(note)) &&
	    !note_tcmalloc(note, sizeof(note)))
		snprintf(note, sizeof(note), "glibc %s",
			 gnu_get_libc_version());
	return note;
}
