/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A metric family that is a number of a struct: a table of these is all of them. */
#ifndef FIELD_H
#define FIELD_H

#include <stddef.h>

#include "metric.h"

/**
 * struct field - where the number is
 * @offset: in the struct
 * @bytes: 4 or 8; it is unsigned
 */
struct field {
	struct metric_family family;
	size_t offset;
	size_t bytes;
};

#define FIELD(type_, struct_, member, name_, help_)                         \
	{                                                                   \
		.family = { .name = (name_), .help = (help_),               \
			    .type = METRIC_##type_ },                       \
		.offset = offsetof(struct_, member),                        \
		.bytes = sizeof(((struct_ *)0)->member),                    \
	}

uint64_t field_value(const struct field *field, const void *of);

/* One sample, a family of its own. */
void field_put(struct metric_sink *sink, const struct metric_family *family,
	       uint64_t value);

#endif
