// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bare.h"
#include "work.h"

#define NODE	0	/* that claims name */

static void call(int fd, unsigned long number, void *arg, const char *what)
{
	if (ioctl(fd, number, arg))
		die("%s fails: %s", what, strerror(errno));
}

static int device(void)
{
	return open(AOIPOOL_DEVICE_PATH, O_RDWR | O_CLOEXEC);
}

static const char *create(struct aoipool_pool_create *args)
{
	int fd = device(), err;

	if (fd < 0)
		return errno == EACCES ?
			       "/dev/aoipool may not be opened by this user" :
			       "the module is not loaded here; make bench-vm has it";
	err = ioctl(fd, AOIPOOL_POOL_CREATE, args) ? errno : 0;
	close(fd);
	switch (err) {
	case 0:
		return NULL;
	case ENOSPC:
		return "such a pool is above the module's limit_bytes";
	case EMFILE:
		return "so many descriptors are not allowed here";
	}
	die("creating a pool fails: %s", strerror(err));
}

const char *bare_open(struct bare *bare, uint32_t nr_slabs,
		      uint32_t slab_blocks)
{
	struct aoipool_pool_create args = {
		.size = sizeof(args),
		.name = "bench",
		.type = "frame",
		.slot_bytes = slab_blocks * AOIPOOL_BLOCK_BYTES,
		.slab_blocks = slab_blocks,
		.nr_slabs = nr_slabs,
		.node_policy = AOIPOOL_NODE_LOCAL,
	};
	const char *reason = create(&args);

	if (!reason)
		*bare = (struct bare){
			.fd = args.fd,
			.client = args.client,
			.nr_slabs = nr_slabs,
			.layout = args.layout,
		};
	return reason;
}

void bare_join(struct bare *bare, const struct bare *of)
{
	struct aoipool_pool_attach args = { .size = sizeof(args) };

	call(of->fd, AOIPOOL_POOL_ATTACH, &args, "attaching");
	*bare = (struct bare){
		.fd = args.fd,
		.client = args.client,
		.nr_slabs = of->nr_slabs,
		.layout = of->layout,
	};
}

static void *map(const struct bare *bare, uint64_t bytes, uint64_t offset)
{
	void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			   bare->fd, (off_t)offset);

	if (start == MAP_FAILED)
		die("mapping a pool fails: %s", strerror(errno));
	return start;
}

void bare_map_words(struct bare *bare)
{
	bare->words = map(bare, bare->layout.words_bytes,
			  bare->layout.words_offset);
}

void bare_map_data(struct bare *bare)
{
	bare->data = map(bare, bare->layout.data_bytes,
			 bare->layout.data_offset);
}

void bare_close(struct bare *bare)
{
	if (bare->data)
		munmap(bare->data, bare->layout.data_bytes);
	if (bare->words)
		munmap(bare->words, bare->layout.words_bytes);
	close(bare->fd);
}

void bare_claim(struct bare *bare)
{
	for (uint32_t n = 0; n < bare->nr_slabs; n++)
		bare->words[n] = aoipool_word_held(bare->words[n], NODE,
						   bare->client);
}

void bare_park(struct bare *bare)
{
	for (uint32_t n = 0; n < bare->nr_slabs; n++)
		bare->words[n] = aoipool_word_parked(bare->words[n]);
}

void bare_populate(const struct bare *bare, uint32_t nr)
{
	struct aoipool_pool_populate args = {
		.size = sizeof(args),
		.nr_slabs = nr,
	};

	call(bare->fd, AOIPOOL_POOL_POPULATE, &args, "populating");
}

void bare_touch(const struct bare *bare)
{
	for (uint64_t at = 0; at < bare->layout.data_bytes;
	     at += AOIPOOL_BLOCK_BYTES)
		*(volatile char *)(bare->data + at) = 1;
}

uint64_t bare_trim(const struct bare *bare)
{
	struct aoipool_pool_trim args = { .size = sizeof(args) };

	call(bare->fd, AOIPOOL_POOL_TRIM, &args, "trimming");
	return args.freed_blocks;
}

struct aoipool_info bare_info(void)
{
	struct aoipool_info info = { .size = sizeof(info) };
	int fd = device();

	if (fd < 0)
		die("%s: %s", AOIPOOL_DEVICE_PATH, strerror(errno));
	call(fd, AOIPOOL_INFO, &info, "asking the module");
	close(fd);
	return info;
}
