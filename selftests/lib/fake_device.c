// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_device.h"
#include "wrap.h"

#define PAGE	((size_t)4096)

struct fake_device fake;

static int device_fd = -1;

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.abi_version = AOIPOOL_ABI_VERSION;
	fake.nodes = 1;
	fake.pool_fd = -1;
	fake.bell[0] = fake.bell[1] = -1;
}

void fake_release(void)
{
	close(fake.bell[0]);
	close(fake.bell[1]);
	munmap(fake.info, PAGE);
	munmap(fake.words, PAGE);
}

/* A memfd cannot be polled; what is sent out of band makes a socket say POLLPRI. */
int __wrap_sys_epoll_add(int epoll, int fd, uint32_t events, uint64_t data)
{
	if (fd == fake.pool_fd && !fake.mute) {
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fake.bell);
		fd = fake.bell[0];
	}
	return __real_sys_epoll_add(epoll, fd, events, data);
}

void fake_level(enum aoipool_pressure level)
{
	__atomic_store_n(&fake.info->pressure_level, level, __ATOMIC_RELAXED);
	send(fake.bell[1], "!", 1, MSG_OOB);
}

void fake_room(void)
{
	send(fake.bell[1], "+", 1, 0);
}

int __wrap_sys_open(const char *path, int flags)
{
	if (strcmp(path, AOIPOOL_DEVICE_PATH))
		return __real_sys_open(path, flags);
	if (fake.open_err)
		return fake.open_err;
	device_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	fake.open_files++;
	return device_fd;
}

void __wrap_sys_close(int fd)
{
	if (fd >= 0 && (fd == device_fd || fd == fake.pool_fd)) {
		fake.open_files--;
		if (fd == device_fd)
			device_fd = -1;
		else
			fake.pool_fd = -1;
	}
	__real_sys_close(fd);
}

static int info(struct aoipool_info *arg)
{
	fake.bad_structs += arg->size != sizeof(*arg) || arg->flags;
	arg->abi_version = fake.abi_version;
	arg->block_bytes = AOIPOOL_BLOCK_BYTES;
	return fake.info_err;
}

/* As the module lays it out: info, words, then data at a multiple of 2 MiB. */
static struct aoipool_pool_layout layout(const struct aoipool_pool_create *arg)
{
	return (struct aoipool_pool_layout){
		.info_bytes = PAGE,
		.words_offset = fake.no_words ? 1 : PAGE,
		.words_bytes = PAGE,
		.data_offset = AOIPOOL_BLOCK_BYTES,
		.data_bytes = AOIPOOL_BLOCK_BYTES * arg->slab_blocks *
			      arg->nr_slabs,
	};
}

static int create(struct aoipool_pool_create *arg)
{
	fake.creates++;
	fake.created = *arg;
	fake.bad_structs += arg->size != sizeof(*arg) ||
			    arg->flags & ~AOIPOOL_CREATE_GIVE_RESERVE ||
			    arg->linger_ms || arg->reserved;
	if (fake.create_err)
		return fake.create_err;
	arg->layout = layout(arg);
	arg->client = 5;
	arg->fd = memfd_create("fake-aoipool", MFD_CLOEXEC);
	if (arg->fd < 0 || ftruncate(arg->fd, arg->layout.data_offset +
						      arg->layout.data_bytes))
		return -ENOMEM;
	fake.pool_fd = arg->fd;
	fake.open_files++;
	fake.info = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			 arg->fd, 0);
	fake.words = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  arg->fd, PAGE);
	return 0;
}

static int pool_info(struct aoipool_pool_info *arg)
{
	fake.bad_structs += arg->size != sizeof(*arg) || arg->flags;
	arg->nodemask[0] = fake.nodes;
	arg->client = 5;
	return fake.pool_info_err;
}

static int populate(struct aoipool_pool_populate *arg)
{
	__u64 word = fake.words[arg->first_slab];

	fake.populates++;
	fake.populated = *arg;
	fake.bad_structs += arg->size != sizeof(*arg) || arg->flags ||
			    arg->reserved || arg->nr_slabs != 1;
	if (aoipool_word_state(word) != AOIPOOL_SLAB_HELD ||
	    aoipool_word_owner(word) != 5)
		return -ESTALE;
	if (fake.populate_err)
		return fake.populate_err;
	fake.info->populated_slabs++;
	fake.info->populated_blocks += fake.created.slab_blocks;
	return 0;
}

static int trim(struct aoipool_pool_trim *arg)
{
	fake.trims++;
	fake.trimmed = *arg;
	fake.bad_structs += arg->size != sizeof(*arg) ||
			    arg->flags & ~AOIPOOL_TRIM_RESERVE || arg->reserved;
	for (__u32 i = 0; i < fake.created.nr_slabs && !fake.trim_err; i++) {
		if (arg->max_blocks && arg->freed_blocks >= arg->max_blocks)
			break;
		if (aoipool_word_state(fake.words[i]) != AOIPOOL_SLAB_PARKED)
			continue;
		fake.words[i] = aoipool_word_absent(fake.words[i]);
		arg->freed_blocks += fake.created.slab_blocks;
	}
	return fake.trim_err;
}

static int set_policy(struct aoipool_pool_policy *arg)
{
	fake.policies++;
	fake.policy = *arg;
	fake.bad_structs += arg->size != sizeof(*arg) ||
			    arg->flags != AOIPOOL_POLICY_SET || arg->reserved;
	return fake.policy_err;
}

static int tell(struct aoipool_pool_tell *arg)
{
	fake.tells++;
	fake.told_exhausted += arg->count;
	fake.bad_structs += arg->size != sizeof(*arg) ||
			    arg->flags != AOIPOOL_TELL_EXHAUSTED ||
			    !arg->count || arg->reserved;
	return 0;
}

int __wrap_sys_ioctl(int fd, unsigned long cmd, void *arg)
{
	if (fd == device_fd && cmd == AOIPOOL_INFO)
		return info(arg);
	if (fd == device_fd && cmd == AOIPOOL_POOL_CREATE)
		return create(arg);
	if (fd == fake.pool_fd && cmd == AOIPOOL_POOL_INFO)
		return pool_info(arg);
	if (fd == fake.pool_fd && cmd == AOIPOOL_POOL_POPULATE)
		return populate(arg);
	if (fd == fake.pool_fd && cmd == AOIPOOL_POOL_TRIM)
		return trim(arg);
	if (fd == fake.pool_fd && cmd == AOIPOOL_POOL_POLICY)
		return set_policy(arg);
	if (fd == fake.pool_fd && cmd == AOIPOOL_POOL_TELL)
		return tell(arg);
	return -ENOTTY;
}
