// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"
#include "variant.h"

#define HEAPS	(FAMILY_OBJECT | FAMILY_FRAME)

const struct variant variants[] = {
	{ "aoipool", ROLE_OURS, HEAPS, "worker-aoipool", "user", NULL, NULL,
	  NULL },
	{ "aoipool-locked", ROLE_OURS, FAMILY_OBJECT, "worker-aoipool",
	  "locked", NULL, NULL, NULL },
	{ "aoipool-kernel", ROLE_OURS, HEAPS, "worker-aoipool", "kernel", NULL,
	  NULL, NULL },
	{ "aoipool", ROLE_OURS, FAMILY_MEMORY, "worker-memory", "user", NULL,
	  NULL, NULL },
	{ "aoipool-kernel", ROLE_OURS, FAMILY_MEMORY | FAMILY_WARM,
	  "worker-memory", "kernel", NULL, NULL, NULL },
	{ "owner-stopped", ROLE_OURS, FAMILY_RETURN, "worker-memory",
	  "stopped", NULL, NULL, NULL },
	{ "aoipool", ROLE_OURS, FAMILY_IMAGE, "worker-image", "aoipool", NULL,
	  NULL, NULL },
	{ "glibc", ROLE_PEER, HEAPS, "worker-malloc", "libc.so", NULL, NULL,
	  NULL },
	/* glibc learns from the first free to keep frames; this one may not */
	{ "glibc-mmap", ROLE_PEER, FAMILY_FRAME, "worker-malloc", "libc.so",
	  NULL, NULL, "GLIBC_TUNABLES=glibc.malloc.mmap_threshold=131072" },
	{ "mimalloc", ROLE_PEER, HEAPS, "worker-malloc", "libmimalloc",
	  "libmimalloc.so.2", "libmimalloc2.0", NULL },
	{ "jemalloc", ROLE_PEER, HEAPS, "worker-malloc", "libjemalloc",
	  "libjemalloc.so.2", "libjemalloc2", NULL },
	{ "tcmalloc", ROLE_PEER, HEAPS, "worker-malloc", "libtcmalloc",
	  "libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", NULL },
	{ "dpdk-ring", ROLE_PEER, HEAPS, "worker-dpdk", "ring_mp_mc", NULL,
	  "libdpdk-dev", NULL },
	{ "dpdk-stack", ROLE_PEER, HEAPS, "worker-dpdk", "stack", NULL,
	  "libdpdk-dev", NULL },
	{ "anon-4k", ROLE_PEER, FAMILY_MEMORY, "worker-memory", "anon-4k", NULL,
	  NULL, NULL },
	{ "anon-thp", ROLE_PEER, FAMILY_MEMORY | FAMILY_WARM, "worker-memory",
	  "anon-thp", NULL, NULL, NULL },
	{ "thp-munmap", ROLE_PEER, FAMILY_RETURN, "worker-memory", "thp-munmap",
	  NULL, NULL, NULL },
	{ "hugetlb", ROLE_PEER, FAMILY_MEMORY | FAMILY_WARM, "worker-memory",
	  "hugetlb", NULL, NULL, NULL },
	{ "aoipool", ROLE_OURS, FAMILY_ARCS, "worker-arc", "user", NULL, NULL,
	  NULL },
	{ "aoipool-kernel", ROLE_OURS, FAMILY_ARCS, "worker-arc", "kernel", NULL,
	  NULL, NULL },
	{ "words", ROLE_OURS, FAMILY_ARCS, "worker-arc", "words", NULL, NULL,
	  NULL },
	{ "getppid", ROLE_PEER, FAMILY_ARCS, "worker-arc", "getppid", NULL, NULL,
	  NULL },
	/* the first is the one that the others are measured by */
	{ "slabs-1", ROLE_PEER, FAMILY_SHRINKER, "worker-shrink", "1x1", NULL,
	  NULL, NULL },
	{ "slabs-100000", ROLE_OURS, FAMILY_SHRINKER, "worker-shrink",
	  "1x100000", NULL, NULL, NULL },
	{ "pools-1000", ROLE_OURS, FAMILY_SHRINKER, "worker-shrink", "1000x1",
	  NULL, NULL, NULL },
	{ "pools-10000", ROLE_OURS, FAMILY_SHRINKER, "worker-shrink", "10000x1",
	  NULL, NULL, NULL },
	{ "(probes)", ROLE_FLOOR, FAMILY_SHRINKER, "worker-shrink", "0x0", NULL,
	  NULL, NULL },
	{ "poll", ROLE_OURS, FAMILY_ALARM, "worker-alarm", "poll", NULL, NULL,
	  NULL },
	{ "netlink", ROLE_OURS, FAMILY_ALARM, "worker-alarm", "netlink", NULL,
	  NULL, NULL },
	{ "psi", ROLE_PEER, FAMILY_ALARM, "worker-alarm", "psi", NULL, NULL,
	  NULL },
	{ "malloc", ROLE_PEER, FAMILY_IMAGE, "worker-image", "malloc", NULL,
	  NULL, NULL },
	{ "malloc-thp", ROLE_PEER, FAMILY_IMAGE, "worker-image", "malloc-thp",
	  NULL, NULL, NULL },
	{ "memset", ROLE_PEER, FAMILY_CLEAR, "worker-clear", "memset", NULL,
	  NULL, NULL },
	{ "stosb-4k", ROLE_PEER, FAMILY_CLEAR, "worker-clear", "stosb-4k", NULL,
	  NULL, NULL },
	{ "stosb-2m", ROLE_PEER, FAMILY_CLEAR, "worker-clear", "stosb-2m", NULL,
	  NULL, NULL },
	{ "clzero", ROLE_PEER, FAMILY_CLEAR, "worker-clear", "clzero", NULL,
	  NULL, NULL },
	{ "nt", ROLE_PEER, FAMILY_CLEAR, "worker-clear", "nt", NULL, NULL,
	  NULL },
	{ "(loop)", ROLE_FLOOR, FAMILY_OBJECT, "worker-none", "", NULL, NULL,
	  NULL },
};

const unsigned int nr_variants = ARRAY_SIZE(variants);

/*
 * Not in this process: an allocator is not loaded without effect.  One that is
 * there may refuse to be loaded late (static TLS) and be preloaded all the same.
 */
static bool present(const char *library)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(!dlopen(library, RTLD_LAZY) &&
		      strstr(dlerror(), "cannot open shared object file"));
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

const char *variant_missing(const struct variant *variant, const char *folder)
{
	static char reason[128];
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, variant->worker);
	if (access(path, X_OK))
		snprintf(reason, sizeof(reason),
			 "not built (Debian's %.40s was not to be had)",
			 variant->package ? variant->package : "packages");
	else if (variant->preload && !present(variant->preload))
		snprintf(reason, sizeof(reason),
			 "no %.40s here (Debian has it in %.40s)",
			 variant->preload, variant->package);
	else
		return NULL;
	return reason;
}
