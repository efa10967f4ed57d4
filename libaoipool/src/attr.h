/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#ifndef ATTR_H
#define ATTR_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/aoipool.h>

#include "aoipool.h"
#include "hooks.h"
#include "log.h"
#include "populate.h"

#define ATTR_TAG_MAX		23
#define ATTR_OBJECT_MAX		((size_t)1 << 20)

/* What a pool is to be; the setters have checked each value by itself. */
struct aoipool_attr {
	char name[AOIPOOL_NAME_BYTES];
	char tag[ATTR_TAG_MAX + 1];	/* empty: by the kind of pool */
	uint32_t version;
	bool object_set;
	bool frame_set;
	size_t object_bytes;
	struct aoipool_frame_layout frame;
	size_t count;
	size_t reserve;
	enum aoipool_numa numa;
	uint64_t nodes;
	enum aoipool_provider provider;
	enum aoipool_lists lists;
	bool put_by_pointer;
	enum aoipool_custody_mode custody;
	size_t prefill;
	uint32_t decay_ms;		/* AOIPOOL_DECAY_* */
	size_t idle_max_bytes;		/* SIZE_MAX: without a bound */
	bool reserve_yields;
	struct progress progress;
	void (*tell)(void *arg, const struct aoipool_event *event);
	void *tell_arg;
	struct hooks hooks;
	struct log log;
};

#endif
