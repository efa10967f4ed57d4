/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The module's side: one descriptor a pool, three mappings, and an ioctl for
 * each thing that needs memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"
#include "sys.h"

struct kernel_provider {
	int fd;
	struct aoipool_pool_layout layout;
	void *info;
	void *words;
	void *data;
};

/* What is neither about permission nor about us means that no module answers. */
static int open_error(int err)
{
	switch (err) {
	case -EACCES:
	case -EPERM:
		return -EACCES;
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
		return err;
	default:
		return -ENODEV;
	}
}

static const char *advice(int err)
{
	switch (err) {
	case -EACCES:
		return "; join the group that owns it";
	case -ENODEV:
		return "; module aoipool is not loaded: modprobe aoipool, or "
		       "insmod aoipool.ko";
	default:
		return "";
	}
}

static int open_device(struct provider *provider)
{
	int fd = sys_open(AOIPOOL_DEVICE_PATH, O_RDWR);

	if (fd >= 0)
		return fd;
	provider_because(provider, AOIPOOL_DEVICE_PATH ": %s",
			 strerrordesc_np(-fd));
	log_line(&provider->log, AOIPOOL_LOG_WARNING,
		 AOIPOOL_DEVICE_PATH ": %s%s", strerrordesc_np(-fd),
		 advice(open_error(fd)));
	return open_error(fd);
}

static int check_abi(struct provider *provider, int device)
{
	struct aoipool_info info = { .size = sizeof(info) };
	int err = sys_ioctl(device, AOIPOOL_INFO, &info);

	if (!err && info.abi_version == AOIPOOL_ABI_VERSION)
		return 0;
	log_line(&provider->log, AOIPOOL_LOG_ERROR,
		 AOIPOOL_DEVICE_PATH ": the module speaks ABI %u, this library "
		 "%u: install the two of one release",
		 info.abi_version, AOIPOOL_ABI_VERSION);
	return -EPROTO;
}

static int create(struct provider *provider, struct kernel_provider *kernel,
		  int device, const struct provider_params *params)
{
	struct aoipool_pool_create create = {
		.size = sizeof(create),
		.flags = params->reserve_yields ? AOIPOOL_CREATE_GIVE_RESERVE : 0,
		.slot_bytes = params->slot_bytes,
		.slab_blocks = params->slab_blocks,
		.nr_slabs = params->nr_slabs,
		.reserve_slabs = params->reserve_slabs,
		.node_policy = params->numa,
		.nodemask = { params->nodes },
	};
	int err;

	strncpy((char *)create.name, params->name, sizeof(create.name) - 1);
	strncpy((char *)create.type, params->type, sizeof(create.type) - 1);
	err = sys_ioctl(device, AOIPOOL_POOL_CREATE, &create);
	if (err) {
		log_line(&provider->log, AOIPOOL_LOG_ERROR,
			 "the module makes no pool %s: %s", params->name,
			 aoipool_strerror(err));
		return err;
	}
	kernel->fd = create.fd;
	kernel->layout = create.layout;
	provider->client = create.client;
	return 0;
}

/* The device is needed only to make the pool, which then pins the module. */
static int open_pool(struct provider *provider, struct kernel_provider *kernel,
		     const struct provider_params *params)
{
	int device = open_device(provider);
	int err;

	if (device < 0)
		return device;
	err = check_abi(provider, device);
	if (!err)
		err = create(provider, kernel, device, params);
	sys_close(device);
	return err;
}

/* A mapping that is there goes, and its pointer with it. */
static void unmap_pool(struct kernel_provider *kernel)
{
	const struct aoipool_pool_layout *layout = &kernel->layout;

	sys_unmap(kernel->data, layout->data_bytes);
	sys_unmap(kernel->words, layout->words_bytes);
	sys_unmap(kernel->info, layout->info_bytes);
}

/* The module itself chooses a 2 MiB aligned address for the data. */
static int map_pool(struct kernel_provider *kernel)
{
	const struct aoipool_pool_layout *layout = &kernel->layout;
	int err;

	err = sys_map(NULL, layout->info_bytes, PROT_READ, MAP_SHARED,
		      kernel->fd, (off_t)layout->info_offset, &kernel->info);
	if (!err)
		err = sys_map(NULL, layout->words_bytes, PROT_READ | PROT_WRITE,
			      MAP_SHARED, kernel->fd,
			      (off_t)layout->words_offset, &kernel->words);
	if (!err)
		err = sys_map(NULL, layout->data_bytes, PROT_READ | PROT_WRITE,
			      MAP_SHARED, kernel->fd,
			      (off_t)layout->data_offset, &kernel->data);
	if (err)
		unmap_pool(kernel);
	return err;
}

/* Its number, and which nodes claims may name, of which the first 64 are known. */
static int ask_pool(const struct kernel_provider *kernel,
		    struct provider *provider)
{
	struct aoipool_pool_info info = { .size = sizeof(info) };
	int err = sys_ioctl(kernel->fd, AOIPOOL_POOL_INFO, &info);

	if (err)
		return err;
	provider->nodes = info.nodemask[0];
	/* an older module leaves it at 0 */
	provider->kernel_pool = info.pool;
	return provider->nodes ? 0 : -EPROTO;
}

/* Asked only of a module that was told to differ from its host. */
static int set_policy(struct provider *provider,
		      const struct kernel_provider *kernel,
		      const struct provider_params *params)
{
	struct aoipool_pool_policy policy = {
		.size = sizeof(policy),
		.flags = AOIPOOL_POLICY_SET,
		.decay_ms = params->decay_ms,
		.idle_max_blocks = params->idle_max_blocks,
	};
	int err;

	if (policy.decay_ms == AOIPOOL_DECAY_OF_HOST &&
	    policy.idle_max_blocks == AOIPOOL_IDLE_OF_HOST)
		return 0;
	err = sys_ioctl(kernel->fd, AOIPOOL_POOL_POLICY, &policy);
	if (err)
		log_line(&provider->log, AOIPOOL_LOG_ERROR,
			 "the module takes no policy for pool %s: %s",
			 params->name, aoipool_strerror(err));
	return err;
}

static int open_parts(struct provider *provider, struct kernel_provider *kernel,
		      const struct provider_params *params)
{
	int err = open_pool(provider, kernel, params);

	if (err)
		return err;
	err = ask_pool(kernel, provider);
	if (!err)
		err = set_policy(provider, kernel, params);
	if (!err)
		err = map_pool(kernel);
	if (err)
		sys_close(kernel->fd);
	return err;
}

static int kernel_open(struct provider *provider,
		       const struct provider_params *params)
{
	struct kernel_provider *kernel = calloc(1, sizeof(*kernel));
	int err;

	if (!kernel)
		return -ENOMEM;
	err = open_parts(provider, kernel, params);
	if (err) {
		free(kernel);
		return err;
	}
	provider->info = kernel->info;
	provider->watch_fd = kernel->fd;
	provider->words = kernel->words;
	provider->data = kernel->data;
	provider->nr_slabs = params->nr_slabs;
	provider->slab_blocks = params->slab_blocks;
	provider->numa = params->numa;
	provider->block_bytes = AOIPOOL_BLOCK_BYTES;
	provider->priv = kernel;
	provider_because(provider, AOIPOOL_DEVICE_PATH " opened");
	return 0;
}

static int kernel_populate(struct provider *provider, uint32_t first_slab,
			   uint32_t nr_slabs)
{
	struct kernel_provider *kernel = provider->priv;
	struct aoipool_pool_populate populate = {
		.size = sizeof(populate),
		.first_slab = first_slab,
		.nr_slabs = nr_slabs,
	};

	return sys_ioctl(kernel->fd, AOIPOOL_POOL_POPULATE, &populate);
}

static int kernel_trim(struct provider *provider, uint64_t max_blocks,
		       uint64_t *freed_blocks)
{
	struct kernel_provider *kernel = provider->priv;
	struct aoipool_pool_trim trim = {
		.size = sizeof(trim),
		/* for the ioctl, 0 is all */
		.max_blocks = max_blocks == PROVIDER_ALL_BLOCKS ? 0 : max_blocks,
	};
	int err = sys_ioctl(kernel->fd, AOIPOOL_POOL_TRIM, &trim);

	*freed_blocks = trim.freed_blocks;
	return err;
}

static void kernel_tell(struct provider *provider, uint32_t exhausted)
{
	struct kernel_provider *kernel = provider->priv;
	struct aoipool_pool_tell tell = {
		.size = sizeof(tell),
		.flags = AOIPOOL_TELL_EXHAUSTED,
		.count = exhausted,
	};

	sys_ioctl(kernel->fd, AOIPOOL_POOL_TELL, &tell);
}

/* What we hold, so that all of the pool can be taken. */
static void park_all(struct provider *provider)
{
	uint32_t i;

	for (i = 0; i < provider->nr_slabs; i++) {
		uint64_t *word = &provider->words[i], held = *word;

		if (aoipool_word_state(held) == AOIPOOL_SLAB_HELD &&
		    aoipool_word_owner(held) == provider->client)
			__atomic_compare_exchange_n(word, &held,
						    aoipool_word_parked(held),
						    false, __ATOMIC_RELEASE,
						    __ATOMIC_RELAXED);
	}
}

/*
 * The memory goes now, also where a child still has the descriptor and thereby
 * keeps the pool: a pool whose last descriptor closes would lose it anyway.
 */
static void give_back(struct provider *provider)
{
	struct kernel_provider *kernel = provider->priv;
	struct aoipool_pool_trim trim = {
		.size = sizeof(trim),
		.flags = AOIPOOL_TRIM_RESERVE,
	};

	park_all(provider);
	sys_ioctl(kernel->fd, AOIPOOL_POOL_TRIM, &trim);
}

static void kernel_close(struct provider *provider)
{
	struct kernel_provider *kernel = provider->priv;

	give_back(provider);
	unmap_pool(kernel);
	sys_close(kernel->fd);
	free(kernel);
}

/* The module's mappings are not inherited; its descriptor is. */
static void kernel_abandon(struct provider *provider)
{
	struct kernel_provider *kernel = provider->priv;

	sys_close(kernel->fd);
	free(kernel);
}

const struct aoipool_provider_ops provider_kernel_ops = {
	.name = "kernel",
	.open = kernel_open,
	.populate = kernel_populate,
	.trim = kernel_trim,
	.tell = kernel_tell,
	.close = kernel_close,
	.abandon = kernel_abandon,
};
