/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The mappings of a process, as /proc/PID/smaps or /proc/PID/maps lists them. */
#ifndef SMAPS_H
#define SMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mapping_kind {
	MAPPING_ANON,		/* without a name, or named by prctl() */
	MAPPING_HEAP,		/* [heap] */
	MAPPING_STACK,		/* [stack] */
	MAPPING_SHMEM,		/* memfd, /dev/shm, System V, shared anonymous */
	MAPPING_FILE,
	MAPPING_POOL,		/* of aoipool, by either provider */
	MAPPING_OTHER,		/* [vdso] and the like */
};

/**
 * struct mapping - one; what maps does not tell is 0
 * @anon_bytes: resident and private to the process
 * @huge_bytes: of its memory, what lies in pages of 2 MiB of any kind
 * @hugetlb_bytes: of the hugetlb pool
 * @page_bytes: of its page size: more than 4 KiB is hugetlb
 * @refuses_huge: madvise(MADV_NOHUGEPAGE)
 * @wants_huge: madvise(MADV_HUGEPAGE)
 * @name: path, [heap] or ""; lives as long as the smaps
 */
struct mapping {
	uint64_t start, end, offset, inode;
	uint64_t rss_bytes, anon_bytes, huge_bytes, hugetlb_bytes, swap_bytes;
	uint64_t page_bytes;
	bool refuses_huge, wants_huge;
	bool is_shared, is_executable;
	enum mapping_kind kind;
	uint32_t device;
	const char *name;
};

struct smaps {
	char *text;
	struct mapping *mappings;
	size_t nr;
};

/**
 * smaps_parse() - take a text apart
 * @text: of malloc(), and from now on of @smaps; it is changed
 *
 * Lines of no known kind are passed over.
 *
 * Return: 0, and smaps_free() is the caller's to call; -ENOMEM, and @text is
 * freed.
 */
int smaps_parse(struct smaps *smaps, char *text);

void smaps_free(struct smaps *smaps);

/* Whole 2 MiB that lie in a mapping, at multiples of 2 MiB. */
uint64_t mapping_aligned_bytes(const struct mapping *mapping);

/* Resident and swapped memory of one kind, private to the process for ANON. */
uint64_t smaps_bytes(const struct smaps *smaps, enum mapping_kind kind);

/* The path without " (deleted)", behind the last slash: its length, too. */
const char *mapping_base_name(const struct mapping *mapping, size_t *bytes);

#endif
