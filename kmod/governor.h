/* SPDX-License-Identifier: GPL-2.0-only */
/* The governor: the worker that looks, warns and takes in time. */
#ifndef AOIPOOL_GOVERNOR_H
#define AOIPOOL_GOVERNOR_H

void aoipool_governor_call(void);

int aoipool_governor_init(void);
void aoipool_governor_exit(void);

#endif /* AOIPOOL_GOVERNOR_H */
