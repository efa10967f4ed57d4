/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The commands, each of the file cmd_NAME.c. */
#ifndef CMD_H
#define CMD_H

#include "command.h"

extern const struct command cmd_doctor;
extern const struct command cmd_events;
extern const struct command cmd_holders;
extern const struct command cmd_load;
extern const struct command cmd_metrics;
extern const struct command cmd_module;
extern const struct command cmd_monitor;
extern const struct command cmd_pools;
extern const struct command cmd_record;
extern const struct command cmd_report;
extern const struct command cmd_status;
extern const struct command cmd_top;
extern const struct command cmd_trim;
extern const struct command cmd_tune;
extern const struct command cmd_unload;

#endif
