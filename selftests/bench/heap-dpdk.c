// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The mode names the mempool's driver: "ring_mp_mc" or "stack".  Memory is
 * DPDK's own without huge pages, which needs no set-up of the host and no root.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "array.h"
#include "crew.h"
#include "heap-dpdk.h"

#define MIB	((size_t)1 << 20)

/* Header, trailer and the padding by which DPDK spreads objects, generously. */
#define OVERHEAD	512
#define EAL_MIB		128

#define CACHE_OBJECTS	RTE_MEMPOOL_CACHE_MAX_SIZE
#define CACHE_FRAMES	32

struct rte_mempool *heap_pool;

/* Besides what is out, each thread's cache may keep half as much again. */
static unsigned int items_needed(const struct heap_need *need,
				 unsigned int cache)
{
	return need->out + need->threads * (cache + cache / 2);
}

static int eal_init(size_t mib)
{
	char lcores[32], memory[32];
	char *args[] = { "bench", "--no-huge", "-m", memory, "--no-pci",
			 "--no-shconf", "--no-telemetry", "--log-level=*:3",
			 "--lcores", lcores };

	snprintf(lcores, sizeof(lcores), "0@%d", crew_cpu(0));
	snprintf(memory, sizeof(memory), "%zu", mib);
	return rte_eal_init(ARRAY_SIZE(args), args);
}

/* EAL wants a folder; what lies in one of our own may go at once. */
static int eal_start(size_t mib)
{
	char folder[] = "/tmp/aoipool-bench-XXXXXX", inner[64];
	int result;

	if (!mkdtemp(folder) || setenv("RUNTIME_DIRECTORY", folder, 1))
		die("no folder for EAL");
	result = eal_init(mib);
	snprintf(inner, sizeof(inner), "%s/dpdk/rte", folder);
	rmdir(inner);
	snprintf(inner, sizeof(inner), "%s/dpdk", folder);
	rmdir(inner);
	rmdir(folder);
	return result;
}

const char *heap_open(const struct heap_need *need, const char *mode)
{
	unsigned int cache = need->frames ? CACHE_FRAMES : CACHE_OBJECTS;
	unsigned int items = items_needed(need, cache);

	if (eal_start((need->bytes + OVERHEAD) * items / MIB + EAL_MIB) < 0)
		return "DPDK's EAL does not start on this host";
	heap_pool = rte_mempool_create_empty("bench", items, need->bytes, cache,
					     0, SOCKET_ID_ANY,
					     RTE_MEMPOOL_F_NO_IOVA_CONTIG);
	if (!heap_pool)
		die("mempool: %s", rte_strerror(rte_errno));
	if (rte_mempool_set_ops_byname(heap_pool, mode, NULL))
		die("DPDK has no mempool driver %s", mode);
	if (rte_mempool_populate_default(heap_pool) < 0)
		return "no memory for the mempool";
	return NULL;
}

void heap_enter(void)
{
	if (rte_thread_register())
		die("rte_thread_register: %s", rte_strerror(rte_errno));
}

const char *heap_note(void)
{
	static char note[64];

	snprintf(note, sizeof(note), "%s, --no-huge (4 KiB pages)",
		 rte_version());
	return note;
}
