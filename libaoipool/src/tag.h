/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What slots are taken for: names of this process, by number. */
#ifndef TAG_H
#define TAG_H

#include <stdbool.h>

#include "aoipool.h"

/* AOIPOOL_TAG_NONE is one, without a name. */
bool tag_exists(int tag);

#endif
