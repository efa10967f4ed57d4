/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptors of pools. */
#ifndef AOIPOOL_FILE_H
#define AOIPOOL_FILE_H

#include <linux/types.h>

struct aoipool_client;
struct aoipool_ucmd;

int aoipool_file_answer(struct aoipool_ucmd *ucmd,
			struct aoipool_client *client, __s32 *fd,
			__u32 *number);

#endif /* AOIPOOL_FILE_H */
