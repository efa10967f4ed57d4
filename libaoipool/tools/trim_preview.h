/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What a trim would take, as far as that is known before. */
#ifndef TRIM_PREVIEW_H
#define TRIM_PREVIEW_H

#include <stdbool.h>

#include <aoipool-events.h>

/**
 * trim_preview() - print what would go, pool by pool
 * @trim: what is wanted, of all nodes
 * @json: as an object
 *
 * Return: 0; -ENOENT: no such pool; others of asking the module and of output.
 */
int trim_preview(const struct aoipool_host_trim *trim, bool json);

#endif
