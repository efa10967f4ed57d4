/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Calls of the listener that the linker hands to a test (--wrap, see
 * WRAP_listener in the Makefile).
 */
#ifndef SELFTESTS_LIB_WRAP_LISTENER_H
#define SELFTESTS_LIB_WRAP_LISTENER_H

#include "alarm.h"
#include "family.h"
#include "request.h"
#include "socket.h"

int __wrap_genl_connect(struct nl_sock *socket);
bool __wrap_socket_from_kernel(struct nl_msg *message);
int __wrap_family_find(struct family *family);
int __wrap_family_watch_group(int *group);
int __wrap_request_run(const struct request *request);
void __wrap_alarm_set(struct alarm *alarm, unsigned int milliseconds);
void __real_alarm_set(struct alarm *alarm, unsigned int milliseconds);

#endif
