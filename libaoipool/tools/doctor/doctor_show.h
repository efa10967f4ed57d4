/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* The doctor's report, for people and for programs. */
#ifndef DOCTOR_SHOW_H
#define DOCTOR_SHOW_H

#include "exam.h"

/* The worst first; what was found first stays first. */
void doctor_sort(struct exam *exam);

/* Return: 0; a negative errno value of the output. */
int doctor_show_text(const struct exam *exam);
int doctor_show_json(const struct exam *exam);

/* --list: all checks, and what is behind them. */
int doctor_list_text(void);
int doctor_list_json(void);

#endif
