// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "user.h"

#include <pwd.h>
#include <stdio.h>

static struct user_name look_up(uint32_t uid)
{
	struct passwd *user = getpwuid(uid);
	struct user_name name;

	if (user)
		snprintf(name.text, sizeof(name.text), "%.32s", user->pw_name);
	else
		snprintf(name.text, sizeof(name.text), "%u", uid);
	return name;
}

struct user_name user_name(uint32_t uid)
{
	static uint32_t last = USER_UNKNOWN;
	static struct user_name last_name = { "?" };

	if (uid == USER_UNKNOWN)
		return (struct user_name){ "?" };
	if (uid != last) {	/* rows of one user follow one another */
		last = uid;
		last_name = look_up(uid);
	}
	return last_name;
}
