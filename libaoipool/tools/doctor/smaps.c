// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "smaps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

#define BLOCK		(2ULL << 20)
#define DELETED		" (deleted)"

static bool begins_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static bool is_pool(const char *name)
{
	return begins_with(name, "/aoipool") ||
	       begins_with(name, "/memfd:aoipool");
}

/* The kernel's own tmpfs shows its files as if they lay in the root. */
static bool is_shmem(const char *name)
{
	return begins_with(name, "/memfd:") || begins_with(name, "/dev/shm/") ||
	       begins_with(name, "/SYSV") || begins_with(name, "/dev/zero") ||
	       begins_with(name, "[anon_shmem:");
}

static enum mapping_kind kind_of(const char *name)
{
	if (!*name || begins_with(name, "[anon:") ||
	    begins_with(name, "/anon_hugepage"))
		return MAPPING_ANON;
	if (!strcmp(name, "[heap]"))
		return MAPPING_HEAP;
	if (begins_with(name, "[stack"))
		return MAPPING_STACK;
	if (is_pool(name))
		return MAPPING_POOL;
	if (is_shmem(name))
		return MAPPING_SHMEM;
	return *name == '/' ? MAPPING_FILE : MAPPING_OTHER;
}

/* "55cd511ec000-55cd511ee000 r--p 00000000 fe:00 247134      /usr/bin/cat" */
static bool parse_head(struct mapping *mapping, const char *line)
{
	unsigned int major, minor;
	char perms[5];
	int name = 0;

	*mapping = (struct mapping){ 0 };
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
		   &mapping->start, &mapping->end, perms, &mapping->offset,
		   &major, &minor, &mapping->inode, &name) < 7)
		return false;
	mapping->device = major << 20 | minor;
	mapping->is_executable = perms[2] == 'x';
	mapping->is_shared = perms[3] == 's';
	mapping->name = name ? line + name : "";
	mapping->kind = kind_of(mapping->name);
	return true;
}

static void parse_flags(struct mapping *mapping, const char *flags)
{
	mapping->refuses_huge |= !!strstr(flags, " nh");
	mapping->wants_huge |= !!strstr(flags, " hg");
}

static void parse_field(struct mapping *mapping, const char *line)
{
	static const struct {
		const char *name;
		size_t offset;
	} fields[] = {
		{ "Rss:", offsetof(struct mapping, rss_bytes) },
		{ "Anonymous:", offsetof(struct mapping, anon_bytes) },
		{ "AnonHugePages:", offsetof(struct mapping, huge_bytes) },
		{ "ShmemPmdMapped:", offsetof(struct mapping, huge_bytes) },
		{ "FilePmdMapped:", offsetof(struct mapping, huge_bytes) },
		{ "Shared_Hugetlb:", offsetof(struct mapping, hugetlb_bytes) },
		{ "Private_Hugetlb:", offsetof(struct mapping, hugetlb_bytes) },
		{ "Swap:", offsetof(struct mapping, swap_bytes) },
		{ "KernelPageSize:", offsetof(struct mapping, page_bytes) },
	};
	size_t bytes;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		bytes = strlen(fields[i].name);
		if (strncmp(line, fields[i].name, bytes))
			continue;
		*(uint64_t *)((char *)mapping + fields[i].offset) +=
			strtoull(line + bytes, NULL, 10) * 1024;
		return;
	}
	if (begins_with(line, "VmFlags:"))
		parse_flags(mapping, line + strlen("VmFlags:"));
}

static int parse_line(struct smaps *smaps, const char *line)
{
	struct mapping mapping;

	/* Names of fields begin with a capital, addresses never do. */
	if (*line >= 'A' && *line <= 'Z') {
		if (smaps->nr)
			parse_field(&smaps->mappings[smaps->nr - 1], line);
		return 0;
	}
	if (!parse_head(&mapping, line))
		return 0;
	return array_add(&smaps->mappings, &smaps->nr, &mapping);
}

int smaps_parse(struct smaps *smaps, char *text)
{
	char *line, *rest = text;
	int err = 0;

	*smaps = (struct smaps){ .text = text };
	while (!err && (line = strsep(&rest, "\n")))
		err = parse_line(smaps, line);
	if (err)
		smaps_free(smaps);
	return err;
}

void smaps_free(struct smaps *smaps)
{
	free(smaps->mappings);
	free(smaps->text);
	*smaps = (struct smaps){ 0 };
}

uint64_t mapping_aligned_bytes(const struct mapping *mapping)
{
	uint64_t first = (mapping->start + BLOCK - 1) & ~(BLOCK - 1);
	uint64_t last = mapping->end & ~(BLOCK - 1);

	return last > first ? last - first : 0;
}

uint64_t smaps_bytes(const struct smaps *smaps, enum mapping_kind kind)
{
	const struct mapping *mapping = smaps->mappings;
	uint64_t bytes = 0;

	for (size_t i = 0; i < smaps->nr; i++, mapping++) {
		if (mapping->kind != kind)
			continue;
		bytes += kind == MAPPING_SHMEM ? mapping->rss_bytes :
						 mapping->anon_bytes;
		bytes += mapping->swap_bytes;
	}
	return bytes;
}

const char *mapping_base_name(const struct mapping *mapping, size_t *bytes)
{
	const char *slash = strrchr(mapping->name, '/');
	const char *base = slash ? slash + 1 : mapping->name;

	*bytes = strlen(base);
	if (*bytes > strlen(DELETED) &&
	    !strcmp(base + *bytes - strlen(DELETED), DELETED))
		*bytes -= strlen(DELETED);
	return base;
}
