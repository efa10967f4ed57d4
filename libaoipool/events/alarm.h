/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A descriptor that becomes readable after a while, once. */
#ifndef ALARM_H
#define ALARM_H

#include <stdbool.h>

struct alarm {
	int fd;
};

/* Return: 0; a negative errno. */
int alarm_init(struct alarm *alarm);
void alarm_exit(struct alarm *alarm);

/* In place of an earlier setting; 0: at once. */
void alarm_set(struct alarm *alarm, unsigned int milliseconds);
/* Whether it went off since it was asked last; it is quiet then. */
bool alarm_heard(struct alarm *alarm);

#endif
