// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "field.h"

#include <string.h>

uint64_t field_value(const struct field *field, const void *of)
{
	const char *at = (const char *)of + field->offset;
	uint64_t wide;
	uint32_t narrow;

	if (field->bytes == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

void field_put(struct metric_sink *sink, const struct metric_family *family,
	       uint64_t value)
{
	sink->begin(sink, family);
	sink->sample(sink, "", NULL, value);
}
