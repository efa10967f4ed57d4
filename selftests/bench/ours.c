// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include <errno.h>
#include <string.h>

#include "ours.h"
#include "work.h"

void ours_check(int err, const char *what)
{
	if (err)
		die("%s: %s", what, aoipool_strerror(err));
}

struct aoipool_attr *ours_attr(const char *mode)
{
	enum aoipool_provider provider = strcmp(mode, "kernel") ?
						 AOIPOOL_PROVIDER_USER :
						 AOIPOOL_PROVIDER_KERNEL;
	struct aoipool_attr *attr;

	ours_check(aoipool_attr_create(&attr), "attr");
	ours_check(aoipool_attr_set_provider(attr, provider), "provider");
	if (!strcmp(mode, "locked"))
		ours_check(aoipool_attr_set_lists(attr, AOIPOOL_LISTS_LOCKED),
			   "lists");
	return attr;
}

const char *ours_open(struct aoipool_attr *attr, struct aoipool_pool **pool)
{
	int err = aoipool_pool_open(attr, pool);

	aoipool_attr_destroy(attr);
	switch (err) {
	case -ENODEV:
		return "the module is not loaded here; make bench-vm has it";
	case -EACCES:
		return "/dev/aoipool may not be opened by this user";
	case -ENOMEM:
		return "no memory for the pool";
	}
	ours_check(err, "pool");
	return NULL;
}
