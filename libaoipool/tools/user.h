/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Names of users. */
#ifndef USER_H
#define USER_H

#include <stdint.h>

#define USER_NAME_BYTES	33

#define USER_UNKNOWN	UINT32_MAX

struct user_name {
	char text[USER_NAME_BYTES];
};

/* The name of a user number; the number where it has none, "?" of unknown. */
struct user_name user_name(uint32_t uid);

#endif
