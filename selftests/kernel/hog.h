/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that eats memory and touches all of it.  The OOM killer is told
 * to take it before anybody else.
 */
#ifndef HOG_H
#define HOG_H

#include "child.h"

struct hog {
	struct child child;
	size_t bytes;
	int node;	/* -1: any */
};

int hog_start(struct hog *hog, size_t bytes, int node);
/* 0 when it has all of it; -EPIPE when it died on the way. */
int hog_await(struct hog *hog);
int hog_end(struct hog *hog);

/* Touch every page of fresh anonymous memory; NULL: none to be had. */
void *hog_eat(size_t bytes);

#endif /* HOG_H */
