/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "attr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

_Static_assert(AOIPOOL_IDLE_MS_OF_HOST == AOIPOOL_DECAY_OF_HOST &&
	       AOIPOOL_IDLE_MS_NEVER == AOIPOOL_DECAY_NEVER,
	       "values of the module's ABI");

/* Copies @text if it is 1 to @max printable bytes without @never. */
static int copy_printable(char *to, const char *text, size_t max, char never)
{
	if (!text || !text_is_printable(text, max) || strchr(text, never))
		return -EINVAL;
	strcpy(to, text);
	return 0;
}

int aoipool_attr_create(struct aoipool_attr **attr)
{
	struct aoipool_attr *made;

	if (!attr)
		return -EINVAL;
	*attr = NULL;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	strcpy(made->name, "anonymous");
	made->decay_ms = AOIPOOL_DECAY_OF_HOST;
	made->idle_max_bytes = SIZE_MAX;
	*attr = made;
	return 0;
}

void aoipool_attr_destroy(struct aoipool_attr *attr)
{
	free(attr);
}

int aoipool_attr_set_name(struct aoipool_attr *attr, const char *name)
{
	if (!attr)
		return -EINVAL;
	return copy_printable(attr->name, name, sizeof(attr->name) - 1, '/');
}

int aoipool_attr_set_type(struct aoipool_attr *attr, const char *tag,
			  uint32_t version)
{
	int err;

	if (!attr)
		return -EINVAL;
	err = copy_printable(attr->tag, tag, ATTR_TAG_MAX, '@');
	if (!err)
		attr->version = version;
	return err;
}

int aoipool_attr_set_object(struct aoipool_attr *attr, size_t bytes,
			    size_t count)
{
	if (!attr || !bytes || bytes > ATTR_OBJECT_MAX || !count)
		return -EINVAL;
	attr->object_set = true;
	attr->object_bytes = bytes;
	attr->count = count;
	return 0;
}

int aoipool_attr_set_frame(struct aoipool_attr *attr, uint32_t width,
			   uint32_t height, enum aoipool_pixel pixel,
			   size_t count)
{
	struct aoipool_frame_layout frame;

	if (!attr || !count)
		return -EINVAL;
	if (aoipool_frame_layout(width, height, pixel, &frame))
		return -EINVAL;
	attr->frame_set = true;
	attr->frame = frame;
	attr->count = count;
	return 0;
}

int aoipool_attr_set_reserve(struct aoipool_attr *attr, size_t count)
{
	if (!attr)
		return -EINVAL;
	attr->reserve = count;
	return 0;
}

int aoipool_attr_set_numa(struct aoipool_attr *attr, enum aoipool_numa policy,
			  uint64_t nodes)
{
	if (!attr)
		return -EINVAL;
	switch (policy) {
	case AOIPOOL_NUMA_LOCAL:
		if (nodes)
			return -EINVAL;
		break;
	case AOIPOOL_NUMA_BIND:
	case AOIPOOL_NUMA_INTERLEAVE:
		if (!nodes)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	attr->numa = policy;
	attr->nodes = nodes;
	return 0;
}

int aoipool_attr_set_provider(struct aoipool_attr *attr,
			      enum aoipool_provider provider)
{
	if (!attr)
		return -EINVAL;
	switch (provider) {
	case AOIPOOL_PROVIDER_AUTO:
	case AOIPOOL_PROVIDER_KERNEL:
	case AOIPOOL_PROVIDER_USER:
		attr->provider = provider;
		return 0;
	}
	return -EINVAL;
}

int aoipool_attr_set_lists(struct aoipool_attr *attr, enum aoipool_lists lists)
{
	if (!attr)
		return -EINVAL;
	switch (lists) {
	case AOIPOOL_LISTS_AUTO:
	case AOIPOOL_LISTS_RSEQ:
	case AOIPOOL_LISTS_LOCKED:
	case AOIPOOL_LISTS_NONE:
		attr->lists = lists;
		return 0;
	}
	return -EINVAL;
}

int aoipool_attr_set_custody(struct aoipool_attr *attr,
			     enum aoipool_custody_mode mode)
{
	if (!attr)
		return -EINVAL;
	switch (mode) {
	case AOIPOOL_CUSTODY_AUTO:
	case AOIPOOL_CUSTODY_NONE:
	case AOIPOOL_CUSTODY_SLABS:
	case AOIPOOL_CUSTODY_SLOTS:
		attr->custody = mode;
		return 0;
	}
	return -EINVAL;
}

int aoipool_attr_set_constructor(struct aoipool_attr *attr,
				 void (*construct)(void *arg, void *ptr),
				 void *arg)
{
	if (!attr)
		return -EINVAL;
	attr->hooks.construct = construct;
	attr->hooks.construct_arg = arg;
	return 0;
}

int aoipool_attr_set_reset(struct aoipool_attr *attr, enum aoipool_reset when,
			   void (*reset)(void *arg, void *ptr), void *arg)
{
	if (!attr || (when != AOIPOOL_RESET_ON_PUT &&
		      when != AOIPOOL_RESET_ON_GET))
		return -EINVAL;
	attr->hooks.reset_when = when;
	attr->hooks.reset = reset;
	attr->hooks.reset_arg = arg;
	return 0;
}

int aoipool_attr_set_poison(struct aoipool_attr *attr, int on)
{
	if (!attr)
		return -EINVAL;
	attr->hooks.poison = on;
	return 0;
}

int aoipool_attr_set_put_by_pointer(struct aoipool_attr *attr, int on)
{
	if (!attr)
		return -EINVAL;
	attr->put_by_pointer = on;
	return 0;
}

int aoipool_attr_set_prefill(struct aoipool_attr *attr, size_t count)
{
	if (!attr)
		return -EINVAL;
	attr->prefill = count;
	return 0;
}

int aoipool_attr_set_progress(struct aoipool_attr *attr,
			      void (*progress)(void *arg, size_t done_bytes,
					       size_t total_bytes),
			      void *arg)
{
	if (!attr)
		return -EINVAL;
	attr->progress = (struct progress){ .tell = progress, .arg = arg };
	return 0;
}

int aoipool_attr_set_idle(struct aoipool_attr *attr, uint32_t decay_ms,
			  size_t max_bytes)
{
	if (!attr)
		return -EINVAL;
	attr->decay_ms = decay_ms;
	attr->idle_max_bytes = max_bytes;
	return 0;
}

int aoipool_attr_set_reserve_yields(struct aoipool_attr *attr, int on)
{
	if (!attr)
		return -EINVAL;
	attr->reserve_yields = on;
	return 0;
}

int aoipool_attr_set_events(struct aoipool_attr *attr,
			    void (*tell)(void *arg,
					 const struct aoipool_event *event),
			    void *arg)
{
	if (!attr)
		return -EINVAL;
	attr->tell = tell;
	attr->tell_arg = arg;
	return 0;
}

int aoipool_attr_set_log(struct aoipool_attr *attr,
			 void (*log)(void *arg, enum aoipool_log_level level,
				     const char *line),
			 void *arg)
{
	if (!attr)
		return -EINVAL;
	attr->log = (struct log){ .line = log, .arg = arg };
	return 0;
}
