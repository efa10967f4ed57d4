/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* misuse - the mistakes that engines make with pools, made on purpose. */
#ifndef MISUSE_H
#define MISUSE_H

#include <stdio.h>

/*
 * Make each mistake on pools of its own and print what the library said.
 * Return: 0 when each was refused with the error that the header promises;
 * -EPROTO when not; another negative errno value when the pools failed.
 */
int misuse_show(int provider, FILE *to);

#endif
