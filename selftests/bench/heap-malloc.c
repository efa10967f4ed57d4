// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The mode is a part of the file name that malloc must come from: ld.so only
 * warns where a library to preload is missing, and glibc would be measured
 * under its name.
 */
#include <dlfcn.h>
#include <gnu/libc-version.h>
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

static const char *note_jemalloc(void *symbol)
{
	int (*control)(const char *, void *, size_t *, void *, size_t) = symbol;
	const char *version = "";
	size_t size = sizeof(version);

	return control("version", &version, &size, NULL, 0) ? "" : version;
}

const char *heap_note(void)
{
	static char note[64];
	void *symbol;

	if ((symbol = dlsym(RTLD_DEFAULT, "mi_version"))) {
		int version = ((int (*)(void))symbol)();

		snprintf(note, sizeof(note), "mimalloc %d.%d.%d",
			 version / 100, version / 10 % 10, version % 10);
	} else if ((symbol = dlsym(RTLD_DEFAULT, "mallctl"))) {
		snprintf(note, sizeof(note), "jemalloc %.40s",
			 note_jemalloc(symbol));
	} else if ((symbol = dlsym(RTLD_DEFAULT, "tc_version"))) {
		const char *(*version)(int *, int *, const char **) = symbol;

		snprintf(note, sizeof(note), "%s", version(NULL, NULL, NULL));
	} else {
		snprintf(note, sizeof(note), "glibc %s",
			 gnu_get_libc_version());
	}
	return note;
}
