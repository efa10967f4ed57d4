// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "alarm.h"

#include <errno.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

int alarm_init(struct alarm *alarm)
{
	alarm->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return alarm->fd < 0 ? -errno : 0;
}

void alarm_exit(struct alarm *alarm)
{
	close(alarm->fd);
}

/* All zeroes would disarm it. */
void alarm_set(struct alarm *alarm, unsigned int milliseconds)
{
	const struct itimerspec when = {
		.it_value.tv_sec = milliseconds / 1000,
		.it_value.tv_nsec = milliseconds % 1000 * 1000000L + 1,
	};

	timerfd_settime(alarm->fd, 0, &when, NULL);
}

bool alarm_heard(struct alarm *alarm)
{
	uint64_t times;

	return read(alarm->fd, &times, sizeof(times)) == sizeof(times);
}
