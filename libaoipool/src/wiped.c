/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "wiped.h"

#include <sys/mman.h>

#include "sys.h"

int wiped_map(size_t bytes, void **addr)
{
	int err = sys_map(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, addr);

	if (err)
		return err;
	err = sys_madvise(*addr, bytes, MADV_WIPEONFORK);
	if (err)
		sys_unmap(*addr, bytes);
	return err;
}
